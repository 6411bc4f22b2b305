using Vireo.Api;

namespace Vireo.Agent;

/// <summary>The host that the simulated hypervisor plays: large, and like a Debian 12.</summary>
internal static class SimulatedHost
{
    /// <summary>What it offers.</summary>
    public static HostFacts Facts { get; } =
        new()
        {
            Architecture = "amd64",
            Cpus = 1024,
            MemoryBytes = 64L << 40,
            LibvirtVersion = new(9, 0, 0),
            QemuVersion = new(7, 2, 0),
            HasKvm = true,
            HasTpmEmulator = true,
            EfiFirmware =
            [
                new("amd64", false, "/simulated", "/simulated"),
                new("amd64", true, "/simulated", "/simulated"),
            ],
            MachineTypes =
            [
                new()
                {
                    Name = "q35",
                    Canonical = "pc-q35-7.2",
                    Architecture = "amd64",
                    MaxCpus = 288,
                },
                .. new[] { "7.2", "7.1", "7.0", "6.2" }.Select(version => new HostMachineType
                {
                    Name = $"pc-q35-{version}",
                    Architecture = "amd64",
                    MaxCpus = 288,
                }),
            ],
        };

    /// <summary>Its disks are names only.</summary>
    public static Task<IReadOnlyList<PreparedDisk>> PrepareDisksAsync(
        VirtualMachineInstance instance,
        string folder,
        CancellationToken ct
    ) =>
        Task.FromResult<IReadOnlyList<PreparedDisk>>([
            .. (instance.Spec.Volumes ?? []).Select(volume => new PreparedDisk(
                volume.Name,
                Path.Combine(folder, $"{volume.Name}.img"),
                "raw",
                ReadOnly: false,
                SizeBytes: 0,
                BackingDigest: null
            )),
        ]);
}
