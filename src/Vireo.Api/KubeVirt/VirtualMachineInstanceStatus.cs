using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>The state of an instance.</summary>
public sealed record VirtualMachineInstanceStatus
{
    /// <summary>Where in its life the instance is.</summary>
    public VirtualMachineInstancePhase? Phase { get; init; }

    /// <summary>Why it is in this phase, when that needs a word.</summary>
    public string? Reason { get; init; }

    /// <summary>When each phase was entered.</summary>
    public IReadOnlyList<VirtualMachineInstancePhaseTransitionTimestamp>? PhaseTransitionTimestamps { get; init; }

    /// <summary>Ready, Synchronized, Paused, AgentConnected and others.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The node the instance was placed on.</summary>
    public string? NodeName { get; init; }

    /// <summary>The guest's network interfaces as they are.</summary>
    public IReadOnlyList<VirtualMachineInstanceNetworkInterface>? Interfaces { get; init; }

    /// <summary>What the guest agent tells of the guest's operating system.</summary>
    public VirtualMachineInstanceGuestOSInfo? GuestOSInfo { get; init; }

    /// <summary>The machine type the guest really has: the versioned name.</summary>
    public Machine? Machine { get; init; }

    /// <summary>The vCPUs the guest has now.</summary>
    public CPUTopology? CurrentCPUTopology { get; init; }

    /// <summary>The memory the guest had at boot, was asked to have, and has.</summary>
    public MemoryStatus? Memory { get; init; }

    /// <summary>The state of each volume.</summary>
    public IReadOnlyList<VolumeStatus>? VolumeStatus { get; init; }

    /// <summary>Disks that its host saved when the guest had ended, because its machine is shelved.</summary>
    public SavedDisks? SavedDisks { get; init; }

    /// <summary>How firm its claim on the host's resources is.</summary>
    [AllowedValues("BestEffort", "Burstable", "Guaranteed")]
    public string? QosClass { get; init; }

    /// <summary>frozen while the guest's file systems are frozen; empty otherwise.</summary>
    public string? FsFreezeStatus { get; init; }

    /// <summary>LiveMigration or BlockMigration.</summary>
    public string? MigrationMethod { get; init; }

    /// <summary>How migrations reach the guest's host: always Unix, by sockets there.</summary>
    public string? MigrationTransport { get; init; }

    /// <summary>The last migration.</summary>
    public VirtualMachineInstanceMigrationState? MigrationState { get; init; }

    /// <summary>The host that the instance is asked to leave.</summary>
    public string? EvacuationNodeName { get; init; }

    /// <summary>The user id the guest's process runs as.</summary>
    public long? RuntimeUser { get; init; }

    /// <summary>The snapshot of the virtual machine that the instance was started from.</summary>
    public string? VirtualMachineRevisionName { get; init; }
}

/// <summary>Where in its life an instance is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VirtualMachineInstancePhase>))]
public enum VirtualMachineInstancePhase
{
    /// <summary>Accepted; nothing done yet.</summary>
    Pending,

    /// <summary>Waits for a host that can run it.</summary>
    Scheduling,

    /// <summary>A host was chosen; its agent prepares the start.</summary>
    Scheduled,

    /// <summary>The guest runs or is paused.</summary>
    Running,

    /// <summary>The guest shut down by itself or was stopped in order.</summary>
    Succeeded,

    /// <summary>The guest crashed or was ended by force.</summary>
    Failed,

    /// <summary>The host does not report.</summary>
    Unknown,

    /// <summary>Known to KubeVirt: waits for a guest from another cluster.</summary>
    [JsonStringEnumMemberName("WaitingForSync")]
    WaitForSync,
}

/// <summary>When a phase was entered.</summary>
public sealed record VirtualMachineInstancePhaseTransitionTimestamp
{
    /// <summary>The phase.</summary>
    public VirtualMachineInstancePhase? Phase { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset? PhaseTransitionTimestamp { get; init; }
}

/// <summary>A network interface of the guest as it is.</summary>
public sealed record VirtualMachineInstanceNetworkInterface
{
    /// <summary>The interface in the specification; empty for one that only the guest knows.</summary>
    public string? Name { get; init; }

    /// <summary>The first address.</summary>
    public string? IpAddress { get; init; }

    /// <summary>All addresses.</summary>
    public IReadOnlyList<string>? IpAddresses { get; init; }

    /// <summary>The hardware address.</summary>
    public string? Mac { get; init; }

    /// <summary>The name inside the guest.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Where this is known from: domain, guest-agent.</summary>
    public string? InfoSource { get; init; }

    /// <summary>How many queues it has.</summary>
    public int? QueueCount { get; init; }

    /// <summary>up or down.</summary>
    public string? LinkState { get; init; }
}

/// <summary>The guest's operating system, told by the guest agent.</summary>
public sealed record VirtualMachineInstanceGuestOSInfo
{
    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>The short name.</summary>
    public string? Id { get; init; }

    /// <summary>The version.</summary>
    public string? Version { get; init; }

    /// <summary>The version's number.</summary>
    public string? VersionId { get; init; }

    /// <summary>Name and version for people.</summary>
    public string? PrettyName { get; init; }

    /// <summary>The kernel's release.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>The kernel's build.</summary>
    public string? KernelVersion { get; init; }

    /// <summary>The guest's architecture.</summary>
    public string? Machine { get; init; }
}

/// <summary>How many vCPUs, and how they are arranged.</summary>
public sealed record CPUTopology
{
    /// <summary>Cores a socket.</summary>
    public long? Cores { get; init; }

    /// <summary>Sockets.</summary>
    public long? Sockets { get; init; }

    /// <summary>Threads a core.</summary>
    public long? Threads { get; init; }
}

/// <summary>The guest's memory.</summary>
public sealed record MemoryStatus
{
    /// <summary>What it booted with.</summary>
    public Quantity? GuestAtBoot { get; init; }

    /// <summary>What it was last asked to have.</summary>
    public Quantity? GuestRequested { get; init; }

    /// <summary>What it has.</summary>
    public Quantity? GuestCurrent { get; init; }

    /// <summary>What the host needs beside it.</summary>
    public Quantity? MemoryOverhead { get; init; }
}

/// <summary>The state of one volume.</summary>
public sealed record VolumeStatus
{
    /// <summary>The volume.</summary>
    public required string Name { get; init; }

    /// <summary>The device's name in the guest, for example vda.</summary>
    public required string Target { get; init; }

    /// <summary>Pending or Ready.</summary>
    public string? Phase { get; init; }

    /// <summary>Why it is not ready, in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it is not ready, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>Its size in bytes.</summary>
    public long? Size { get; init; }
}
