using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>The screen: a video device, and VNC on a unix socket.</summary>
internal static class GraphicsXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var type = context.Devices.Video?.Type;
        if (context.Devices.AutoattachGraphicsDevice == false)
        {
            if (type is not null and not "none")
            {
                context.Unsupported(
                    "spec.domain.devices.video.type",
                    "spec.domain.devices.video.type needs the screen that "
                        + "spec.domain.devices.autoattachGraphicsDevice turns off."
                );
            }

            return [Video("none")];
        }

        return
        [
            new(
                "graphics",
                new XAttribute("type", "vnc"),
                new XElement(
                    "listen",
                    new XAttribute("type", "socket"),
                    new XAttribute("socket", context.Paths.VncSocket)
                )
            ),
            Video(type ?? DefaultType(context)),
        ];
    }

    /// <summary>EFI has no use for VGA's legacy ports; ARM has none.</summary>
    private static string DefaultType(DomainContext context) =>
        !context.IsX86 ? "virtio"
        : context.HasEfi ? "bochs"
        : "vga";

    private static XElement Video(string type) => new("video", new XElement("model", new XAttribute("type", type)));
}
