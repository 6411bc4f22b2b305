using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Devices by which the guest tells of a crash.</summary>
internal static class PanicXml
{
    /// <summary>The first libvirt that knows the PCI device.</summary>
    private static readonly Version PciDevice = new(9, 1);

    public static IEnumerable<XElement> Render(DomainContext context) =>
        (context.Devices.PanicDevices ?? []).Select((device, index) => Panic(context, device, index));

    private static XElement Panic(DomainContext context, PanicDevice device, int index)
    {
        if (device.Model == "pvpanic" && context.Host.LibvirtVersion < PciDevice)
        {
            var field = $"spec.domain.devices.panicDevices[{index}].model";
            context.Unsupported(
                field,
                $"{field}: pvpanic needs libvirt {PciDevice} or later; this host has {context.Host.LibvirtVersion}. Use isa."
            );
        }

        return new("panic", new XAttribute("model", device.Model ?? (context.IsX86 ? "isa" : "pvpanic")));
    }
}
