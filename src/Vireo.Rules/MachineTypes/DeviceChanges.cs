using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Tells which devices a guest finds changed when it moves to another chipset family.</summary>
/// <remarks>
/// Devices keep their models and buses, which the machine's spec names; their places are new, and with them the names
/// that guests give them by place. What is said here of i440fx and q35 is what libvirt makes of the agent's domains.
/// </remarks>
public static class DeviceChanges
{
    /// <summary>Device by device; empty inside a family.</summary>
    /// <param name="spec">The machine's spec, with its defaults.</param>
    /// <param name="from">The type it has.</param>
    /// <param name="to">The type it gets.</param>
    public static IReadOnlyList<DeviceChange> Between(
        VirtualMachineInstanceSpec spec,
        MachineType from,
        MachineType to
    ) => from.Family == to.Family ? [] : [.. All(spec, from, to).Where(change => change.Before != change.After)];

    private static IEnumerable<DeviceChange> All(VirtualMachineInstanceSpec spec, MachineType from, MachineType to) =>
        [
            Change("host bridge", HostBridge(from), HostBridge(to)),
            Change("PCI root", Root(from), Root(to)),
            Change("IDE controller", Ide(from), Ide(to)),
            Change(SataName(spec), Sata(spec, from), Sata(spec, to)),
            .. DevicePlace.Of(spec).Select(device => Change(device.Name, device.On(from), device.On(to))),
        ];

    private static string SataName(VirtualMachineInstanceSpec spec) =>
        DisksOnSata(spec) is { Count: > 0 } names
            ? $"SATA controller of {string.Join(", ", names)}"
            : "SATA controller";

    private static string? Sata(VirtualMachineInstanceSpec spec, MachineType type) =>
        type.Family == "q35" ? "ICH9 of the chipset, at 0000:00:1f.2"
        : DisksOnSata(spec) is { Count: > 0 } ? "ICH9, added on a slot of the PCI bus"
        : null;

    private static IReadOnlyList<string> DisksOnSata(VirtualMachineInstanceSpec spec) =>
        [
            .. (spec.Domain.Devices.Disks ?? [])
                .Where(disk => (disk.DiskDevice?.Bus ?? disk.Cdrom?.Bus ?? disk.Lun?.Bus) is null or "" or "sata")
                .Select(disk => disk.Name),
        ];

    private static string? Ide(MachineType type) => type.Family == "pc" ? "PIIX3, at 0000:00:01.1" : null;

    private static string HostBridge(MachineType type) =>
        type.Family switch
        {
            "pc" => "i440FX with PIIX3",
            "q35" => "Q35 with ICH9",
            "virt" => "generic PCI Express",
            var family => family,
        };

    private static string Root(MachineType type) => DevicePlace.HasPciExpress(type) ? "pcie-root" : "pci-root";

    private static DeviceChange Change(string device, string? before, string? after) =>
        new()
        {
            Device = device,
            Before = before,
            After = after,
        };
}
