using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>A disk or CD-ROM of the guest.</summary>
public sealed record Disk
{
    /// <summary>The volume with its contents.</summary>
    public required string Name { get; init; }

    /// <summary>Attach it as a disk.</summary>
    [JsonPropertyName("disk")]
    public DiskTarget? DiskDevice { get; init; }

    /// <summary>Attach it as a SCSI LUN.</summary>
    public LunTarget? Lun { get; init; }

    /// <summary>Attach it as a CD-ROM.</summary>
    public CDRomTarget? Cdrom { get; init; }

    /// <summary>Tried for booting in this order, the lowest first. Unique over disks and interfaces.</summary>
    [Range(1, int.MaxValue)]
    public int? BootOrder { get; init; }

    /// <summary>The serial number the guest reads.</summary>
    public string? Serial { get; init; }

    /// <summary>How the host caches it.</summary>
    [AllowedValues("none", "writethrough", "writeback")]
    public string? Cache { get; init; }

    /// <summary>How the host does input and output.</summary>
    [AllowedValues("native", "threads", "default")]
    public string? Io { get; init; }

    /// <summary>Shown to the guest in its metadata.</summary>
    public string? Tag { get; init; }

    /// <summary>The sizes of blocks the guest sees.</summary>
    public BlockSize? BlockSize { get; init; }

    /// <summary>True when several guests may write to it.</summary>
    public bool? Shareable { get; init; }

    /// <summary>What happens on an error of the host's storage.</summary>
    [AllowedValues("stop", "ignore", "report", "enospace")]
    public string? ErrorPolicy { get; init; }

    /// <summary>True to give it an I/O thread of its own.</summary>
    public bool? DedicatedIOThread { get; init; }
}

/// <summary>Attached as a disk.</summary>
public sealed record DiskTarget
{
    /// <summary>How it is attached.</summary>
    [AllowedValues("virtio", "sata", "scsi", "usb")]
    public string? Bus { get; init; }

    /// <summary>True when the guest may only read.</summary>
    public bool? Readonly { get; init; }

    /// <summary>Its address on the PCI bus, for example 0000:81:01.0.</summary>
    public string? PciAddress { get; init; }
}

/// <summary>Attached as a SCSI LUN.</summary>
public sealed record LunTarget
{
    /// <summary>How it is attached.</summary>
    [AllowedValues("scsi", "sata", "virtio")]
    public string? Bus { get; init; }

    /// <summary>True when the guest may only read.</summary>
    public bool? Readonly { get; init; }
}

/// <summary>Attached as a CD-ROM.</summary>
public sealed record CDRomTarget
{
    /// <summary>How it is attached.</summary>
    [AllowedValues("sata", "scsi", "usb")]
    public string? Bus { get; init; }

    /// <summary>True, and nothing else.</summary>
    public bool? Readonly { get; init; }

    /// <summary>The tray's state; closed when empty.</summary>
    [AllowedValues("open", "closed")]
    [DefaultValue("closed")]
    public string? Tray { get; init; }
}

/// <summary>The sizes of blocks the guest sees.</summary>
public sealed record BlockSize
{
    /// <summary>These sizes.</summary>
    public CustomBlockSize? Custom { get; init; }
}

/// <summary>Sizes of blocks in bytes; powers of two, logical not above physical.</summary>
public sealed record CustomBlockSize
{
    /// <summary>The smallest unit of addressing.</summary>
    [Range(512, 2097152)]
    public int? Logical { get; init; }

    /// <summary>The smallest unit written without reading first.</summary>
    [Range(512, 2097152)]
    public int? Physical { get; init; }

    /// <summary>The unit of discarding.</summary>
    public int? DiscardGranularity { get; init; }
}
