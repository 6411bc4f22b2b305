using System.Xml.Linq;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Describes a guest to libvirt. This list is the table of contents; each part is one file.</summary>
/// <remarks>
/// Pure: the same instance on the same host gets the same XML. What the host cannot give is an error that names the
/// field, never left out. Texts of users go in as values of the tree, so they cannot become markup.
/// </remarks>
internal static class DomainXml
{
    private const string Emulated = "qemu";

    private static readonly IReadOnlyList<Func<DomainContext, IEnumerable<XElement>>> Parts =
    [
        IdentityXml.Render,
        MemoryXml.Render,
        CpuXml.Render,
        FirmwareXml.Render,
        SmbiosXml.Render,
        FeaturesXml.Render,
        ClockXml.Render,
        LifecycleXml.Render,
        context => [new XElement("devices", Devices(context))],
        EndTraceXml.Render,
    ];

    private static readonly IReadOnlyList<Func<DomainContext, IEnumerable<XElement>>> DeviceParts =
    [
        DiskXml.Render,
        InterfaceXml.Render,
        ConsoleXml.Render,
        AgentChannelXml.Render,
        GraphicsXml.Render,
        InputXml.Render,
        RngXml.Render,
        WatchdogXml.Render,
        TpmXml.Render,
        SoundXml.Render,
        BalloonXml.Render,
        MemoryDeviceXml.Render,
        PanicXml.Render,
    ];

    /// <summary>The domain, or every reason why this host cannot run it.</summary>
    public static DomainXmlResult Build(DomainInput input)
    {
        var context = new DomainContext(input);
        var domain = new XElement(
            "domain",
            new XAttribute("type", input.IsEmulated ? Emulated : "kvm"),
            Parts.SelectMany(part => part(context)).ToList()
        );
        return context.Errors.Count == 0 ? new(domain, []) : new(null, context.Errors);
    }

    /// <summary>True when the processors of a domain are emulated in software.</summary>
    public static bool IsEmulated(XElement domain) => domain.Attribute("type")?.Value == Emulated;

    private static List<XElement> Devices(DomainContext context)
    {
        var devices = DeviceParts.SelectMany(part => part(context)).ToList();
        return [.. ControllersXml.Render(context, devices), .. devices];
    }
}

/// <summary>A domain, or why there is none.</summary>
/// <param name="Domain">The domain's XML; null when there are errors.</param>
/// <param name="Errors">Every field that this host cannot give.</param>
internal sealed record DomainXmlResult(XElement? Domain, IReadOnlyList<FieldError> Errors);
