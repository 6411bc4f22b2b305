using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A device of a guest, and where boards have it.</summary>
/// <param name="Name">The device, for a person.</param>
/// <param name="Kind">What its place depends on.</param>
/// <param name="Address">The address that the spec wants; null for any.</param>
internal sealed record DevicePlace(string Name, DeviceKind Kind, string? Address = null)
{
    /// <summary>Every device of a guest that is on a PCI bus, but the SATA controller.</summary>
    /// <param name="spec">The guest, with its defaults.</param>
    public static IEnumerable<DevicePlace> Of(VirtualMachineInstanceSpec spec)
    {
        var devices = spec.Domain.Devices;
        var disks = devices.Disks ?? [];
        var inputs = devices.Inputs ?? [];
        return
        [
            .. disks
                .Where(disk => disk.DiskDevice?.Bus == "virtio")
                .Select(disk => new DevicePlace($"disk {disk.Name}", DeviceKind.Virtio, disk.DiskDevice!.PciAddress)),
            .. If(disks.Any(disk => BusOf(disk) == "scsi"), "SCSI controller", DeviceKind.Virtio),
            .. If(
                disks.Any(disk => BusOf(disk) == "usb") || inputs.Any(input => input.Bus is null or "" or "usb"),
                "USB controller",
                DeviceKind.Express
            ),
            .. (devices.Interfaces ?? [])
                .Where(nic => nic.State != "absent")
                .Select(nic => new DevicePlace($"interface {nic.Name}", KindOf(nic), nic.PciAddress)),
            new("guest agent channel", DeviceKind.Virtio),
            .. If(devices.AutoattachGraphicsDevice != false, "screen", DeviceKind.Screen),
            .. inputs
                .Where(input => input.Bus == "virtio")
                .Select(input => new DevicePlace($"input {input.Name}", DeviceKind.Virtio)),
            .. If(devices.Rng is not null, "random number generator", DeviceKind.Virtio),
            .. If(devices.Watchdog is not null, $"watchdog {devices.Watchdog?.Name}", DeviceKind.Conventional),
            .. If(
                devices.Sound is not null,
                $"sound {devices.Sound?.Name}",
                devices.Sound?.Model == "ac97" ? DeviceKind.Conventional : DeviceKind.Sound
            ),
            .. If(devices.AutoattachMemBalloon != false, "memory balloon", DeviceKind.Virtio),
        ];
    }

    /// <summary>True for boards whose devices are on PCI Express.</summary>
    public static bool HasPciExpress(MachineType type) => type.Family is "q35" or "virt";

    /// <summary>Where a board has it, for a person.</summary>
    public string On(MachineType type)
    {
        var hasExpress = HasPciExpress(type);
        return Address is { Length: > 0 } ? $"at {Address} of {(hasExpress ? "PCI Express" : "the PCI bus")}"
            : Kind == DeviceKind.Screen && type.Family is "pc" or "q35" ? $"at 0000:00:{(hasExpress ? "01" : "02")}.0"
            : Kind == DeviceKind.Sound && type.Family == "q35" ? "at 0000:00:1b.0"
            : !hasExpress ? "on a slot of the PCI bus"
            : Kind == DeviceKind.Conventional ? "on a PCI bridge behind PCI Express"
            : Kind == DeviceKind.Virtio
                ? "behind a PCI Express port of its own, without the interface of virtio before 1.0"
            : "behind a PCI Express port of its own";
    }

    private static DeviceKind KindOf(Interface nic) =>
        nic.Model switch
        {
            null or "" or "virtio" => DeviceKind.Virtio,
            "e1000e" or "igb" => DeviceKind.Express,
            _ => DeviceKind.Conventional,
        };

    private static string? BusOf(Disk disk) => disk.DiskDevice?.Bus ?? disk.Cdrom?.Bus ?? disk.Lun?.Bus;

    private static DevicePlace[] If(bool isThere, string name, DeviceKind kind) => isThere ? [new(name, kind)] : [];
}

/// <summary>What the place of a device depends on.</summary>
internal enum DeviceKind
{
    /// <summary>It speaks virtio: its older interface is there on the PCI bus only.</summary>
    Virtio,

    /// <summary>It is made for PCI Express and works on the PCI bus too.</summary>
    Express,

    /// <summary>It is made for the PCI bus.</summary>
    Conventional,

    /// <summary>The screen, which firmware wants to find at one place.</summary>
    Screen,

    /// <summary>The sound device of the q35 chipset.</summary>
    Sound,
}
