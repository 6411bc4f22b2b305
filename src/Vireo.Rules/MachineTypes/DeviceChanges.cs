using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Tells which devices a guest finds changed when it moves to another chipset family.</summary>
/// <remarks>
/// Disks and interfaces keep their models and buses, which the machine's spec names; their addresses are new, and with
/// them the names that guests give them by address.
/// </remarks>
public static class DeviceChanges
{
    private const string Pci = "on a slot of the PCI bus";
    private const string PciExpress = "behind a PCI Express port of its own";

    /// <summary>Device by device; empty inside a family.</summary>
    /// <param name="spec">The machine's spec.</param>
    /// <param name="from">The type it has.</param>
    /// <param name="to">The type it gets.</param>
    public static IReadOnlyList<DeviceChange> Between(
        VirtualMachineInstanceSpec spec,
        MachineType from,
        MachineType to
    ) =>
        from.Family == to.Family
            ? []
            :
            [
                Change("host bridge", Bridge(from), Bridge(to)),
                Change("PCI root", Root(from), Root(to)),
                .. Ide(from, to),
                .. Sata(spec, from, to),
                .. HasPciExpress(from) == HasPciExpress(to) ? [] : Addresses(spec, from, to),
            ];

    private static IEnumerable<DeviceChange> Addresses(
        VirtualMachineInstanceSpec spec,
        MachineType from,
        MachineType to
    )
    {
        var (before, after) = (Place(from), Place(to));
        var devices = spec.Domain.Devices;
        foreach (var disk in (devices.Disks ?? []).Where(disk => disk.DiskDevice?.Bus == "virtio"))
        {
            yield return disk.DiskDevice!.PciAddress is { Length: > 0 } address
                ? Change($"disk {disk.Name}", $"at {address}", $"at {address} on another bus; check that it exists")
                : Change($"disk {disk.Name}", before, after);
        }

        foreach (var nic in devices.Interfaces ?? [])
        {
            yield return Change(
                $"interface {nic.Name}",
                $"{before}; guests name it by that, for example ens3",
                $"{after}; its name may change, for example to enp1s0"
            );
        }

        if (devices.Watchdog is { } watchdog)
        {
            yield return Change($"watchdog {watchdog.Name}", Pci, "on a PCI bridge behind PCI Express");
        }
    }

    private static IEnumerable<DeviceChange> Sata(VirtualMachineInstanceSpec spec, MachineType from, MachineType to)
    {
        var names = (spec.Domain.Devices.Disks ?? [])
            .Where(disk => (disk.DiskDevice?.Bus ?? disk.Cdrom?.Bus ?? disk.Lun?.Bus) is null or "sata")
            .Select(disk => disk.Name)
            .ToArray();
        if (names is not [] && (from.Family == "q35" || to.Family == "q35"))
        {
            yield return Change($"SATA controller of {string.Join(", ", names)}", Controller(from), Controller(to));
        }

        static string Controller(MachineType type) =>
            type.Family == "q35" ? "ICH9 of the chipset, at 0000:00:1f.2" : "ICH9, added on the PCI bus";
    }

    private static IEnumerable<DeviceChange> Ide(MachineType from, MachineType to)
    {
        const string Piix = "PIIX3, at 0000:00:01.1";
        if (from.Family == "pc")
        {
            yield return new() { Device = "IDE controller", Before = Piix };
        }
        else if (to.Family == "pc")
        {
            yield return new() { Device = "IDE controller", After = Piix };
        }
    }

    private static string Bridge(MachineType type) =>
        type.Family switch
        {
            "pc" => "i440FX with PIIX3",
            "q35" => "Q35 with ICH9",
            "virt" => "generic PCI Express",
            var family => family,
        };

    private static string Root(MachineType type) => HasPciExpress(type) ? "pcie-root" : "pci-root";

    private static string Place(MachineType type) => HasPciExpress(type) ? PciExpress : Pci;

    private static bool HasPciExpress(MachineType type) => type.Family is "q35" or "virt";

    private static DeviceChange Change(string device, string before, string after) =>
        new()
        {
            Device = device,
            Before = before,
            After = after,
        };
}
