using System.Globalization;
using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>Buses: SCSI and USB where a device needs them, and free PCI slots for devices that come later.</summary>
internal static class ControllersXml
{
    /// <summary>PCI Express slots left free. A board cannot be given more while the guest runs.</summary>
    private const int FreeSlots = 4;

    public static IEnumerable<XElement> Render(DomainContext context, IReadOnlyList<XElement> devices)
    {
        var hasScsi = devices.Any(device => BusOf(device) == "scsi");
        var hasUsb = devices.Any(device => BusOf(device) == "usb" || device.Attribute("bus")?.Value == "usb");
        if (hasScsi)
        {
            yield return Controller("scsi", 0, "virtio-scsi");
        }

        // libvirt adds a USB controller unless told not to; one that nobody uses costs the guest time at boot.
        yield return Controller("usb", 0, hasUsb ? "qemu-xhci" : "none");
        if (!context.HasPciExpress)
        {
            yield break;
        }

        yield return Controller("pci", 0, "pcie-root");
        var slots = FreeSlots + devices.Count(NeedsSlot) + (hasScsi ? 1 : 0) + (hasUsb ? 1 : 0);
        for (var index = 1; index <= slots; index++)
        {
            yield return Controller("pci", index, "pcie-root-port");
        }
    }

    private static string? BusOf(XElement device) => device.Element("target")?.Attribute("bus")?.Value;

    /// <summary>True for devices that libvirt puts into a PCI Express slot of their own.</summary>
    private static bool NeedsSlot(XElement device) =>
        device.Name.LocalName switch
        {
            "disk" => BusOf(device) == "virtio",
            "interface" => device.Element("model")?.Attribute("type")?.Value is "virtio" or "e1000e" or "igb",
            "channel" or "rng" or "memory" => true,
            "memballoon" => device.Attribute("model")?.Value == "virtio",
            "input" => device.Attribute("bus")?.Value == "virtio",
            _ => false,
        };

    private static XElement Controller(string type, int index, string model) =>
        new(
            "controller",
            new XAttribute("type", type),
            new XAttribute("index", index.ToString(CultureInfo.InvariantCulture)),
            new XAttribute("model", model)
        );
}
