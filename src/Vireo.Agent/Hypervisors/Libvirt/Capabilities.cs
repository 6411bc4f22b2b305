using System.Globalization;
using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>What libvirt says that the host's emulators offer.</summary>
internal static class Capabilities
{
    /// <summary>Every machine type of the architectures that KubeVirt knows.</summary>
    public static IReadOnlyList<HostMachineType> MachineTypes(XElement capabilities) =>
        [
            .. capabilities
                .Elements("guest")
                .Select(guest => guest.Element("arch"))
                .SelectMany(arch =>
                    KubernetesArchitecture(arch?.Attribute("name")?.Value) is { } architecture
                        ? arch!.Elements("machine").Select(machine => MachineType(machine, architecture))
                        : []
                )
                .DistinctBy(machine => (machine.Architecture, machine.Name))
                .OrderBy(machine => machine.Architecture, StringComparer.Ordinal)
                .ThenBy(machine => machine.Name, StringComparer.Ordinal),
        ];

    /// <summary>The host's own architecture.</summary>
    public static string Architecture(XElement capabilities)
    {
        var name = capabilities.Element("host")?.Element("cpu")?.Element("arch")?.Value;
        return KubernetesArchitecture(name) ?? name ?? "";
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
