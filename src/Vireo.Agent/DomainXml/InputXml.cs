using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Tablets and keyboards.</summary>
internal static class InputXml
{
    /// <summary>The devices that are asked for, or the tablet that autoattachInputDevice stands for.</summary>
    public static IReadOnlyList<Input> Wanted(DomainContext context) =>
        context.Devices.Inputs is { Count: > 0 } inputs ? inputs
        : context.Devices.AutoattachInputDevice == true ? [new Input { Name = "default-0", Type = "tablet" }]
        : [];

    public static IEnumerable<XElement> Render(DomainContext context) =>
        Wanted(context)
            .Select(input => new XElement(
                "input",
                new XAttribute("type", input.Type),
                new XAttribute("bus", input.Bus ?? "usb"),
                XmlParts.Alias(input.Name)
            ));
}
