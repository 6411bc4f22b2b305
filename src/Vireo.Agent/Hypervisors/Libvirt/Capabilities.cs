using System.Globalization;
using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What libvirt says that the host's emulators offer.</summary>
internal static class Capabilities
{
    /// <summary>Every machine type of the architectures that KubeVirt knows.</summary>
    /// <param name="capabilities">What libvirt says.</param>
    /// <param name="domainType">
    /// How guests run here, kvm or qemu: where an emulator offers other machine types under it, those count.
    /// </param>
    public static IReadOnlyList<HostMachineType> MachineTypes(XElement capabilities, string domainType) =>
        [
            .. capabilities
                .Elements("guest")
                .Select(guest => guest.Element("arch"))
                .SelectMany(arch =>
                    KubernetesArchitecture(arch?.Attribute("name")?.Value) is { } architecture
                        ? Machines(arch!, domainType).Select(machine => MachineType(machine, architecture))
                        : []
                )
                .DistinctBy(machine => (machine.Architecture, machine.Name))
                .OrderBy(machine => machine.Architecture, StringComparer.Ordinal)
                .ThenBy(machine => machine.Name, StringComparer.Ordinal),
        ];

    /// <summary>The programs that run guests.</summary>
    public static IReadOnlyList<string> Emulators(XElement capabilities) =>
        [
            .. capabilities
                .Elements("guest")
                .Elements("arch")
                .Where(arch => KubernetesArchitecture(arch.Attribute("name")?.Value) is not null)
                .SelectMany(arch => arch.Descendants("emulator"))
                .Select(emulator => emulator.Value)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The host's own architecture.</summary>
    public static string Architecture(XElement capabilities)
    {
        var name = capabilities.Element("host")?.Element("cpu")?.Element("arch")?.Value;
        return KubernetesArchitecture(name) ?? name ?? "";
    }

    /// <summary>The processors that guests can be shown; null when libvirt does not say.</summary>
    /// <param name="capabilities">What libvirt says that one emulator offers.</param>
    public static HostProcessor? Processor(XElement capabilities)
    {
        var modes = capabilities.Element("cpu")?.Elements("mode").ToList() ?? [];
        var own = Mode("host-model");
        IReadOnlyList<string> models =
        [
            .. (Mode("custom")?.Elements("model") ?? [])
                .Where(one => one.Attribute("usable")?.Value == "yes")
                .Select(one => one.Value)
                .Order(StringComparer.Ordinal),
        ];
        var model = own?.Element("model")?.Value;
        return model is null && models is []
            ? null
            : new()
            {
                Model = model,
                Features =
                [
                    .. (own?.Elements("feature") ?? [])
                        .Where(feature => feature.Attribute("policy")?.Value == "require")
                        .Select(feature => feature.Attribute("name")?.Value)
                        .OfType<string>()
                        .Order(StringComparer.Ordinal),
                ],
                Models = models,
            };

        XElement? Mode(string name) =>
            modes.FirstOrDefault(mode =>
                mode.Attribute("name")?.Value == name && mode.Attribute("supported")?.Value == "yes"
            );
    }

    private static List<XElement> Machines(XElement arch, string domainType)
    {
        var domain = arch.Elements("domain").FirstOrDefault(domain => domain.Attribute("type")?.Value == domainType);
        return domain?.Elements("machine").ToList() is { Count: > 0 } own ? own : [.. arch.Elements("machine")];
    }

    private static string? KubernetesArchitecture(string? name) =>
        name switch
        {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "s390x" => "s390x",
            _ => null,
        };

    private static HostMachineType MachineType(XElement machine, string architecture) =>
        new()
        {
            Name = machine.Value,
            Canonical = machine.Attribute("canonical")?.Value,
            Architecture = architecture,
            Deprecated = machine.Attribute("deprecated")?.Value == "yes" ? true : null,
            MaxCpus = int.TryParse(
                machine.Attribute("maxCpus")?.Value,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var most
            )
                ? most
                : null,
        };
}
