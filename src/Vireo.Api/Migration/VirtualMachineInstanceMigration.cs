using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PhaseTransition = Vireo.Api.VirtualMachineInstanceMigrationPhaseTransitionTimestamp;

namespace Vireo.Api;

/// <summary>A move of a running instance to another host. Deleting it cancels the move.</summary>
public sealed record VirtualMachineInstanceMigration : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "kubevirt.io/v1";
    } = "kubevirt.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "VirtualMachineInstanceMigration";
    } = "VirtualMachineInstanceMigration";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What to move.</summary>
    public required VirtualMachineInstanceMigrationSpec Spec { get; init; }

    /// <summary>How far it is.</summary>
    public VirtualMachineInstanceMigrationStatus? Status { get; init; }
}

/// <summary>What to move. Cannot be changed.</summary>
public sealed record VirtualMachineInstanceMigrationSpec
{
    /// <summary>The instance.</summary>
    public string? VmiName { get; init; }

    /// <summary>Labels that the new host must have, beside those that the instance asks for.</summary>
    public IReadOnlyDictionary<string, string>? AddedNodeSelector { get; init; }

    /// <summary>How urgent it is. For the system only.</summary>
    [AllowedValues("system-critical", "user-triggered", "system-maintenance")]
    public string? Priority { get; init; }
}

/// <summary>How far a migration is.</summary>
public sealed record VirtualMachineInstanceMigrationStatus
{
    /// <summary>Where it is.</summary>
    public VirtualMachineInstanceMigrationPhase? Phase { get; init; }

    /// <summary>When each phase was entered.</summary>
    public IReadOnlyList<PhaseTransition>? PhaseTransitionTimestamps { get; init; }

    /// <summary>migrationAbortRequested, and what holds it up.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The state that the instance told of this migration.</summary>
    public VirtualMachineInstanceMigrationState? MigrationState { get; init; }
}

/// <summary>Where a migration is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VirtualMachineInstanceMigrationPhase>))]
public enum VirtualMachineInstanceMigrationPhase
{
    /// <summary>Waits for its turn.</summary>
    Pending,

    /// <summary>Waits for a host that can take the guest.</summary>
    Scheduling,

    /// <summary>A host was chosen.</summary>
    Scheduled,

    /// <summary>The new host prepares disks and networks.</summary>
    PreparingTarget,

    /// <summary>The new host can receive the guest.</summary>
    TargetReady,

    /// <summary>The guest moves.</summary>
    Running,

    /// <summary>The guest runs on the new host and has all it was to get there.</summary>
    Succeeded,

    /// <summary>It did not happen: the guest runs where it ran.</summary>
    Failed,
}

/// <summary>When a phase was entered.</summary>
public sealed record VirtualMachineInstanceMigrationPhaseTransitionTimestamp
{
    /// <summary>The phase.</summary>
    public VirtualMachineInstanceMigrationPhase? Phase { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset? PhaseTransitionTimestamp { get; init; }
}
