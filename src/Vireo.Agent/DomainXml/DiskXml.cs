using System.Xml.Linq;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Disks and CD-ROMs.</summary>
internal static class DiskXml
{
    public static IEnumerable<XElement> Render(DomainContext context)
    {
        var (virtio, other, iothread) = (0, 0, 0);
        foreach (var (disk, index) in (context.Devices.Disks ?? []).Select((disk, index) => (disk, index)))
        {
            var field = $"spec.domain.devices.disks[{index}]";
            var bus = BusOf(context, disk);
            var target = bus == "virtio" ? TargetName("vd", virtio++) : TargetName("sd", other++);
            if (context.Disks.FirstOrDefault(ready => ready.VolumeName == disk.Name) is not { } volume)
            {
                context.Refuse(
                    $"{field}.name",
                    FieldErrorReason.FieldValueNotFound,
                    $"{field}.name '{disk.Name}' not found."
                );
                continue;
            }

            yield return Disk(
                context,
                field,
                disk,
                volume,
                new XElement("target", new XAttribute("dev", target), new XAttribute("bus", bus), Tray(disk)),
                disk.DedicatedIOThread == true ? ++iothread : null
            );
        }
    }

    /// <summary>The bus of a disk; what KubeVirt attaches it to when nothing is said.</summary>
    public static string BusOf(DomainContext context, Disk disk) =>
        disk.DiskDevice?.Bus ?? disk.Cdrom?.Bus ?? disk.Lun?.Bus ?? (context.IsX86 ? "sata" : "virtio");

    private static XElement Disk(
        DomainContext context,
        string field,
        Disk disk,
        PreparedDisk volume,
        XElement target,
        int? iothread
    )
    {
        if (disk.Lun is not null)
        {
            context.Unsupported(
                $"{field}.lun",
                $"{field}.lun: volume '{disk.Name}' is a file, and only a block device can be a LUN; use disk instead."
            );
        }

        var isCdrom = disk.Cdrom is not null;
        var isReadOnly = isCdrom || IsReadOnlyDisk(context, field, disk, volume, target);
        return new(
            "disk",
            new XAttribute("type", "file"),
            new XAttribute("device", isCdrom ? "cdrom" : "disk"),
            Driver(context, field, disk, volume.Format, target.Attribute("bus")?.Value, iothread),
            new XElement("source", new XAttribute("file", volume.Path)),
            target,
            Blocks(disk.BlockSize?.Custom),
            context.Text($"{field}.serial", disk.Serial) is { } serial ? new XElement("serial", serial) : null,
            isReadOnly ? new XElement("readonly") : null,
            disk.Shareable == true ? new XElement("shareable") : null,
            XmlParts.BootOrder(disk.BootOrder),
            XmlParts.Alias(disk.Name),
            PciAddressXml.Render(context, $"{field}.disk.pciAddress", disk.DiskDevice?.PciAddress)
        );
    }

    /// <summary>
    /// QEMU has no read-only disks on SATA. One whose file is this run's own may as well be written there.
    /// </summary>
    private static bool IsReadOnlyDisk(
        DomainContext context,
        string field,
        Disk disk,
        PreparedDisk volume,
        XElement target
    )
    {
        var isAsked = disk.DiskDevice?.Readonly == true;
        if (target.Attribute("bus")?.Value != "sata" || !(isAsked || volume.ReadOnly))
        {
            return isAsked || volume.ReadOnly;
        }

        if (isAsked || !IsOfThisRun(context, volume))
        {
            context.Unsupported(
                $"{field}.disk.bus",
                $"{field}.disk.bus: a disk on sata cannot be read-only; use virtio or scsi, or a cdrom."
            );
        }

        return false;
    }

    private static bool IsOfThisRun(DomainContext context, PreparedDisk volume) =>
        volume.Path.StartsWith($"{Path.GetDirectoryName(context.Paths.ConsoleLog)}/", StringComparison.Ordinal);

    private static XElement Driver(
        DomainContext context,
        string field,
        Disk disk,
        string format,
        string? bus,
        int? iothread
    )
    {
        if (iothread is not null && bus != "virtio")
        {
            context.Unsupported(
                $"{field}.dedicatedIOThread",
                $"{field}.dedicatedIOThread: only disks on bus virtio can have a thread of their own."
            );
        }

        if (disk is { Io: "native", Cache: "writethrough" or "writeback" })
        {
            context.Refuse(
                $"{field}.io",
                FieldErrorReason.FieldValueInvalid,
                $"{field}.io: native goes with cache none only."
            );
        }

        var queues =
            context.Devices.BlockMultiQueue == true && bus == "virtio"
                ? VcpuTopology.Of(context.Domain.Cpu).Count
                : (long?)null;
        return new(
            "driver",
            new XAttribute("name", "qemu"),
            new XAttribute("type", format),
            XmlParts.Attribute("cache", disk.Cache ?? (disk.Io == "native" ? "none" : null)),
            new XAttribute("error_policy", disk.ErrorPolicy ?? "stop"),
            disk.Io is null or "default" ? null : new XAttribute("io", disk.Io),
            new XAttribute("discard", "unmap"),
            XmlParts.Attribute("iothread", iothread),
            XmlParts.Attribute("queues", queues)
        );
    }

    private static XAttribute? Tray(Disk disk) => XmlParts.Attribute("tray", disk.Cdrom?.Tray);

    private static XElement? Blocks(CustomBlockSize? size) =>
        size is null
            ? null
            : new XElement(
                "blockio",
                XmlParts.Attribute("logical_block_size", size.Logical),
                XmlParts.Attribute("physical_block_size", size.Physical),
                XmlParts.Attribute("discard_granularity", size.DiscardGranularity)
            );

    /// <summary>vda ... vdz, vdaa ...: as the kernel counts.</summary>
    private static string TargetName(string prefix, int index)
    {
        var letters = "";
        for (var rest = index; rest >= 0; rest = (rest / 26) - 1)
        {
            letters = (char)('a' + (rest % 26)) + letters;
        }

        return prefix + letters;
    }
}
