using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A disk for each volume, a bus for each disk, a policy for each image.</summary>
internal static class DiskDefaults
{
    public static IReadOnlyList<Disk>? Disks(VirtualMachineInstanceSpec spec, string architecture)
    {
        var given = spec.Domain.Devices.Disks ?? [];
        Disk[] disks = [.. given.Concat(Missing(spec)).Select(disk => Attach(disk, architecture))];
        return disks is [] ? spec.Domain.Devices.Disks : disks;
    }

    /// <summary>A disk for each volume that no disk names, with nothing else said of it.</summary>
    public static IEnumerable<Disk> Missing(VirtualMachineInstanceSpec spec) =>
        (spec.Volumes ?? [])
            .Select(volume => volume.Name)
            .Where(name => spec.Domain.Devices.Disks?.Any(disk => disk.Name == name) != true)
            .Distinct(StringComparer.Ordinal)
            .Select(name => new Disk { Name = name });

    /// <summary>Always for an image whose name can come to mean another, IfNotPresent for the rest.</summary>
    public static Volume PullPolicy(Volume volume) =>
        volume.ContainerDisk is { Image: { } image } source && string.IsNullOrEmpty(source.ImagePullPolicy)
            ? volume with
            {
                ContainerDisk = source with { ImagePullPolicy = Moves(image) ? "Always" : "IfNotPresent" },
            }
            : volume;

    private static bool Moves(string image) =>
        image.EndsWith(":latest", StringComparison.Ordinal) || !image.AsSpan().ContainsAny(':', '@');

    private static Disk Attach(Disk disk, string architecture)
    {
        var isX86 = architecture == "amd64";
        var bus = isX86 ? "sata" : "virtio";
        return disk switch
        {
            { DiskDevice: null, Lun: null, Cdrom: null } => disk with { DiskDevice = new() { Bus = bus } },
            { DiskDevice: { } target } when string.IsNullOrEmpty(target.Bus) => disk with
            {
                DiskDevice = target with { Bus = bus },
            },
            { Lun: { } target } when string.IsNullOrEmpty(target.Bus) => disk with { Lun = target with { Bus = bus } },
            { Cdrom: { } target } when string.IsNullOrEmpty(target.Bus) => disk with
            {
                Cdrom = target with { Bus = isX86 ? "sata" : "scsi" },
            },
            _ => disk,
        };
    }
}
