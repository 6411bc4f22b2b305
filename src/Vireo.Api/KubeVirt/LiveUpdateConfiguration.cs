using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>How far guests can grow while they run.</summary>
public sealed record LiveUpdateConfiguration
{
    /// <summary>The most sockets of guests that name none.</summary>
    [Range(0, 65535)]
    public long? MaxCpuSockets { get; init; }

    /// <summary>The most memory of guests that name none.</summary>
    public Quantity? MaxGuest { get; init; }

    /// <summary>How many times their size guests that name none can grow to; 4 when empty.</summary>
    [Range(0, 65535)]
    [DefaultValue(4)]
    public long? MaxHotplugRatio { get; init; }
}

/// <summary>How guests move between hosts.</summary>
public sealed record MigrationConfiguration
{
    /// <summary>How many move at once in the cluster; 5 when empty.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(5)]
    public long? ParallelMigrationsPerCluster { get; init; }

    /// <summary>How many move away from one host at once; 2 when empty.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(2)]
    public long? ParallelOutboundMigrationsPerNode { get; init; }

    /// <summary>Bytes a second that one migration may use; no limit when empty or 0.</summary>
    public Quantity? BandwidthPerMigration { get; init; }

    /// <summary>Seconds a migration may take for each GiB of the guest; 150 when empty.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(150)]
    public long? CompletionTimeoutPerGiB { get; init; }

    /// <summary>Seconds without progress after which a migration is given up; 150 when empty.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(150)]
    public long? ProgressTimeout { get; init; }

    /// <summary>Milliseconds a guest may stand still at the end of a migration.</summary>
    [Range(0, int.MaxValue)]
    public long? MaxDowntimeMs { get; init; }

    /// <summary>True to slow a guest down that changes memory faster than it moves.</summary>
    public bool? AllowAutoConverge { get; init; }

    /// <summary>True to let a guest run on the new host before all memory is there when the time is up.</summary>
    public bool? AllowPostCopy { get; init; }

    /// <summary>True to stop a guest for a moment when the time is up.</summary>
    public bool? AllowWorkloadDisruption { get; init; }

    /// <summary>
    /// True to send guests' memory and disks between hosts in plain text, which takes less time; whoever reads along on
    /// the network reads them. What hosts agree on stays encrypted.
    /// </summary>
    public bool? DisableTLS { get; init; }

    /// <summary>The taint that asks for a node to be drained; kubevirt.io/drain when empty.</summary>
    [DefaultValue("kubevirt.io/drain")]
    public string? NodeDrainTaintKey { get; init; }
}

/// <summary>How machines refer to instance types.</summary>
public sealed record InstancetypeConfiguration
{
    /// <summary>
    /// reference keeps the reference; expand and expandAll write what it means into a new machine. reference when
    /// empty.
    /// </summary>
    [AllowedValues("reference", "expand", "expandAll")]
    [DefaultValue("reference")]
    public string? ReferencePolicy { get; init; }
}

/// <summary>How changes reach guests that run.</summary>
public sealed record KubeVirtWorkloadUpdateStrategy
{
    /// <summary>LiveMigrate: by a migration. Without it, or where there is one host, they are made in place.</summary>
    public IReadOnlyList<string>? WorkloadUpdateMethods { get; init; }
}
