using Vireo.Api;

namespace Vireo.Agent;

/// <summary>
/// What this host and its hypervisor are and offer, as far as guests and their placement depend on it.
/// </summary>
internal sealed record HostFacts
{
    /// <summary>amd64, arm64 or s390x, as Kubernetes spells it.</summary>
    public required string Architecture { get; init; }

    /// <summary>Processors that are online.</summary>
    public required int Cpus { get; init; }

    /// <summary>Physical memory.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The version of libvirt.</summary>
    public required Version LibvirtVersion { get; init; }

    /// <summary>The version of QEMU.</summary>
    public required Version QemuVersion { get; init; }

    /// <summary>True when a guest was seen to run under KVM on this host.</summary>
    public required bool HasKvm { get; init; }

    /// <summary>Every machine type of every guest architecture, aliases among them.</summary>
    public required IReadOnlyList<HostMachineType> MachineTypes { get; init; }

    /// <summary>The processors that guests can be shown under KVM; null without KVM.</summary>
    public HostProcessor? Processor { get; init; }

    /// <summary>EFI firmware that is installed.</summary>
    public IReadOnlyList<EfiFirmware> EfiFirmware { get; init; } = [];

    /// <summary>True when swtpm is installed.</summary>
    public bool HasTpmEmulator { get; init; }

    /// <summary>The programs that run guests, as they were when they were asked what they offer.</summary>
    public IReadOnlyList<FileStamp> Emulators { get; init; } = [];

    /// <summary>True when one of the programs was replaced since: the host may offer something else now.</summary>
    public bool IsOutdated => Emulators.Any(emulator => FileStamp.Look(emulator.Path) != emulator);

    /// <summary>Null when guests can be given a network, else why not and what to do.</summary>
    public string? NetworkFault { get; init; }

    /// <summary>The machine type of a name or alias, null when the host has none.</summary>
    public HostMachineType? FindMachineType(string architecture, string name) =>
        MachineTypes.FirstOrDefault(type => type.Architecture == architecture && type.Name == name);
}

/// <summary>One EFI firmware: its code and the variables that a new guest starts with.</summary>
/// <param name="Architecture">The guest architecture: amd64, arm64.</param>
/// <param name="IsSecureBoot">True when it has keys enrolled and refuses unsigned boot loaders.</param>
/// <param name="CodePath">The firmware itself, shared by all guests.</param>
/// <param name="VariablesPath">The template of its variables, copied for each guest.</param>
internal sealed record EfiFirmware(string Architecture, bool IsSecureBoot, string CodePath, string VariablesPath);
