using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What is done next so that a change of a guest is completed by a migration. The list is closed.</summary>
public abstract record WorkloadUpdateStep
{
    private WorkloadUpdateStep() { }

    /// <summary>Nothing.</summary>
    public sealed record None : WorkloadUpdateStep;

    /// <summary>A migration is made.</summary>
    /// <param name="Migration">The migration.</param>
    public sealed record Move(VirtualMachineInstanceMigration Migration) : WorkloadUpdateStep;

    /// <summary>A migration is cancelled: the change was taken back before anything moved.</summary>
    /// <param name="Migration">The migration.</param>
    public sealed record Cancel(VirtualMachineInstanceMigration Migration) : WorkloadUpdateStep;
}

/// <summary>Decides which guests move because a change of theirs is to be completed by that.</summary>
public static class WorkloadUpdates
{
    private const string LiveMigrate = "LiveMigrate";

    /// <summary>The next step for one instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="migrations">All migrations of the instance.</param>
    /// <param name="strategy">How changes reach guests, as the cluster's configuration says.</param>
    public static WorkloadUpdateStep Next(
        VirtualMachineInstance instance,
        IEnumerable<VirtualMachineInstanceMigration> migrations,
        KubeVirtWorkloadUpdateStrategy? strategy
    )
    {
        var open = migrations.Where(one => !MigrationNames.IsFinal(one)).ToList();
        var waits = Waits(instance, Hotplug.VcpuChange) || Waits(instance, Hotplug.MemoryChange);
        if (waits && strategy?.WorkloadUpdateMethods?.Contains(LiveMigrate) == true)
        {
            return open is [] && CanMove(instance)
                ? new WorkloadUpdateStep.Move(
                    MigrationNames.Make(
                        instance,
                        MigrationNames.WorkloadUpdatePrefix,
                        new Dictionary<string, string> { [MigrationNames.WorkloadUpdateAnnotation] = "" },
                        MigrationNames.UserTriggered
                    )
                )
                : new WorkloadUpdateStep.None();
        }

        return open.Find(one => IsToBeCancelled(one, instance)) is { } unwanted
            ? new WorkloadUpdateStep.Cancel(unwanted)
            : new WorkloadUpdateStep.None();
    }

    private static bool Waits(VirtualMachineInstance instance, string change) =>
        Conditions.Find(instance.Status?.Conditions, change) is { Status: "True", Reason: Hotplug.LiveMigrate }
        && !Hotplug.MayApply(instance, change);

    private static bool CanMove(VirtualMachineInstance instance) =>
        instance is { Metadata.DeletionTimestamp: null, Status.Phase: VirtualMachineInstancePhase.Running }
        && LiveMigratable.WhyNot(instance) is null
        && !MigrationStates.IsUnderWay(instance);

    private static bool IsToBeCancelled(VirtualMachineInstanceMigration migration, VirtualMachineInstance instance) =>
        MigrationNames.Has(migration, MigrationNames.WorkloadUpdateAnnotation)
        && migration.Metadata.DeletionTimestamp is null
        && !(
            instance.Status?.MigrationState is { StartTimestamp: not null } begun
            && begun.MigrationUid == migration.Metadata.Uid
        );
}
