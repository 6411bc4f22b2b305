using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>
/// The balloon by which the host learns how the guest uses its memory. libvirt adds one unless told not to.
/// </summary>
internal static class BalloonXml
{
    public static IEnumerable<XElement> Render(DomainContext context) =>
        [new("memballoon", new XAttribute("model", context.Devices.AutoattachMemBalloon == false ? "none" : "virtio"))];
}
