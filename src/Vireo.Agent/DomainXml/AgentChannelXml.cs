using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>The channel on which libvirt talks to the agent inside the guest.</summary>
internal static class AgentChannelXml
{
    /// <summary>The name under which the guest sees the channel.</summary>
    public const string Name = "org.qemu.guest_agent.0";

    public static IEnumerable<XElement> Render(DomainContext context) =>
        [
            new(
                "channel",
                new XAttribute("type", "unix"),
                new XElement("target", new XAttribute("type", "virtio"), new XAttribute("name", Name))
            ),
        ];
}
