using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What is done next about a migration. The list is closed.</summary>
public abstract record MigrationDecision
{
    private MigrationDecision() { }

    /// <summary>Nothing, now or later.</summary>
    public sealed record Nothing : MigrationDecision;

    /// <summary>It becomes this.</summary>
    /// <param name="Status">Its status.</param>
    public sealed record Tell(VirtualMachineInstanceMigrationStatus Status) : MigrationDecision;

    /// <summary>The instance becomes this.</summary>
    /// <param name="Instance">The instance as it was read, with what changes.</param>
    public sealed record ChangeInstance(VirtualMachineInstance Instance) : MigrationDecision;

    /// <summary>A host is chosen; where there is none: <see cref="MigrationPlan.Unplaceable" />.</summary>
    public sealed record ChooseTarget : MigrationDecision;

    /// <summary>Its finalizer goes.</summary>
    public sealed record Release : MigrationDecision;

    /// <summary>It is deleted: there is nothing that it could move.</summary>
    public sealed record Remove : MigrationDecision;

    /// <summary>All is told: look again when something changes, or after a while.</summary>
    /// <param name="On">What is waited for.</param>
    /// <param name="RecheckAfter">The while.</param>
    public sealed record Wait(string On, TimeSpan RecheckAfter) : MigrationDecision;
}

/// <summary>A migration and all that its next step depends on.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Instance">The instance of the name it gives; null when there is none.</param>
/// <param name="All">The migrations of the cluster that have not ended, and all of this instance.</param>
/// <param name="Configuration">The cluster's configuration.</param>
/// <param name="Now">The time.</param>
public sealed record MigrationScene(
    VirtualMachineInstanceMigration Migration,
    VirtualMachineInstance? Instance,
    IReadOnlyList<VirtualMachineInstanceMigration> All,
    KubeVirtConfiguration Configuration,
    DateTimeOffset Now
)
{
    /// <summary>False when the agent of the chosen host does not renew its lease, or the host is gone.</summary>
    public bool IsTargetHeard { get; init; } = true;

    /// <summary>The same of the host that the guest leaves.</summary>
    public bool IsSourceHeard { get; init; } = true;

    /// <summary>True when the host that the guest leaves is no host of the cluster any more.</summary>
    public bool IsSourceRemoved { get; init; }

    internal string Uid => Migration.Metadata.Uid ?? "";

    internal bool IsCancelled => Migration.Metadata.DeletionTimestamp is not null;

    internal VirtualMachineInstanceMigrationPhase? Phase => Migration.Status?.Phase;

    /// <summary>What the instance says of this migration; null when it says nothing of it.</summary>
    internal VirtualMachineInstanceMigrationState? State =>
        Instance?.Status?.MigrationState is { } state && state.MigrationUid == Uid ? state : null;

    /// <summary>The other migrations of the instance.</summary>
    internal IEnumerable<VirtualMachineInstanceMigration> Siblings =>
        All.Where(other =>
            other.Spec.VmiName == Migration.Spec.VmiName
            && other.Metadata.Namespace == Migration.Metadata.Namespace
            && other.Metadata.Uid != Uid
        );
}
