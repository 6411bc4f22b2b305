using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The state of the last migration of an instance.</summary>
public sealed record VirtualMachineInstanceMigrationState
{
    /// <summary>When the guest began to move.</summary>
    public DateTimeOffset? StartTimestamp { get; init; }

    /// <summary>When it ended, either way.</summary>
    public DateTimeOffset? EndTimestamp { get; init; }

    /// <summary>The host it moves from.</summary>
    public string? SourceNode { get; init; }

    /// <summary>The host it moves to.</summary>
    public string? TargetNode { get; init; }

    /// <summary>Where the new host takes the guest.</summary>
    public string? TargetNodeAddress { get; init; }

    /// <summary>True once the new host has a domain for it.</summary>
    public bool? TargetNodeDomainDetected { get; init; }

    /// <summary>When the guest ran on the new host.</summary>
    public DateTimeOffset? TargetNodeDomainReadyTimestamp { get; init; }

    /// <summary>True when it ended.</summary>
    public bool? Completed { get; init; }

    /// <summary>True when it failed.</summary>
    public bool? Failed { get; init; }

    /// <summary>Why it failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>True when it was asked to stop.</summary>
    public bool? AbortRequested { get; init; }

    /// <summary>What came of that.</summary>
    [AllowedValues("Aborting", "Succeeded", "Failed")]
    public string? AbortStatus { get; init; }

    /// <summary>The identity of the migration.</summary>
    public string? MigrationUid { get; init; }

    /// <summary>How memory moves.</summary>
    [AllowedValues("PreCopy", "PostCopy", "Paused")]
    public string? Mode { get; init; }

    /// <summary>What is left to move and how fast it goes.</summary>
    public MigrationProgress? Progress { get; init; }
}

/// <summary>How much of a guest has moved.</summary>
public sealed record MigrationProgress
{
    /// <summary>Bytes of memory that moved.</summary>
    public long? MemoryProcessed { get; init; }

    /// <summary>Bytes of memory that are left.</summary>
    public long? MemoryRemaining { get; init; }

    /// <summary>Bytes of memory in all.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>Bytes of memory a second.</summary>
    public long? MemoryRate { get; init; }

    /// <summary>Bytes that the guest changes in a second.</summary>
    public long? DirtyRate { get; init; }

    /// <summary>Rounds through the memory.</summary>
    public int? Iteration { get; init; }

    /// <summary>Bytes of disks that are left.</summary>
    public long? DiskRemaining { get; init; }

    /// <summary>Bytes of disks in all.</summary>
    public long? DiskTotal { get; init; }

    /// <summary>Milliseconds that the guest stood still.</summary>
    public long? DowntimeMilliseconds { get; init; }

    /// <summary>Milliseconds since the begin.</summary>
    public long? ElapsedMilliseconds { get; init; }
}
