using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>A source of randomness from the host.</summary>
internal static class RngXml
{
    public static IEnumerable<XElement> Render(DomainContext context) =>
        context.Devices.Rng is null
            ? []
            :
            [
                new(
                    "rng",
                    new XAttribute("model", "virtio"),
                    new XElement("backend", new XAttribute("model", "random"), "/dev/urandom")
                ),
            ];
}
