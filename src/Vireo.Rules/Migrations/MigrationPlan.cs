using System.Globalization;
using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Rules;

/// <summary>Decides what is done next about a migration. The next pass begins where a crash ended the last.</summary>
/// <remarks>
/// <code>
/// Pending          its turn has not come, see MigrationQueue
/// Scheduling       a host is looked for
/// Scheduled        the instance's status names both hosts
/// PreparingTarget  the target's agent makes disks and opens sockets
/// TargetReady      the instance's status says where the target takes the guest
/// Running          the guest moves, or has moved and is given what it was to get there
/// Succeeded        it has all; Failed: it is where it was
/// </code>
/// From Scheduled on the phase is what <c>status.migrationState</c> of the instance says, see
/// <see cref="MigrationStates" />. Deleting the migration, or the instance, ends it: at once before the guest moves, by
/// the source's agent after that.
/// </remarks>
public static class MigrationPlan
{
    private static readonly TimeSpan FindWithin = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan PrepareWithin = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(30);

    /// <summary>True when the instance seems not to know of the migration that once had it: read it again.</summary>
    public static bool IsInDoubt(MigrationScene scene) =>
        scene.Instance is null || (scene.State is null && MigrationQueue.HasPlace(scene.Migration));

    /// <summary>The next step.</summary>
    public static MigrationDecision Next(MigrationScene scene)
    {
        var migration = scene.Migration;
        var isOver = MigrationNames.IsFinal(migration);
        if (isOver || scene.Instance is null)
        {
            // It tells of an instance, and goes with it.
            return HasFinalizer(migration) && (isOver || scene.IsCancelled) ? new MigrationDecision.Release()
                : scene.Instance is null && !scene.IsCancelled ? new MigrationDecision.Remove()
                : new MigrationDecision.Nothing();
        }

        var instance = scene.Instance;

        return scene.State is { } state ? Follow(scene, instance, state)
            : MigrationQueue.HasPlace(migration)
                ? Fail(scene, "The instance that was to move is another by now, or began another migration.")
            : scene.IsCancelled ? new MigrationDecision.Release()
            : Queue(scene, instance);
    }

    /// <summary>What comes of a migration for which there is no host now.</summary>
    public static MigrationDecision Unplaceable(MigrationScene scene, string message)
    {
        var since = EnteredAt(scene.Migration, Phase.Scheduling) ?? scene.Now;
        var within = Seconds(scene.Migration, MigrationNames.UnschedulableAnnotation) ?? FindWithin;
        var left = since + within - scene.Now;
        return left <= TimeSpan.Zero
            ? Fail(scene, message)
            : Hold(scene, new("Unschedulable", message, left < Recheck ? left : Recheck));
    }

    private static MigrationDecision Queue(MigrationScene scene, VirtualMachineInstance instance)
    {
        if (scene.Phase is null)
        {
            return Tell(scene, Phase.Pending);
        }

        var why =
            VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase) ? "The guest has ended."
            : instance.Metadata.DeletionTimestamp is not null ? "The instance is being deleted."
            : LiveMigratable.WhyNot(instance) is { } obstacle ? obstacle.Message
            : null;
        if (why is not null)
        {
            return Fail(scene, why);
        }

        if (EndOfForgotten(scene, instance) is { } end)
        {
            return end;
        }

        return MigrationQueue.Hold(scene, instance) is { } hold ? Hold(scene, hold)
            : scene.Phase is Phase.Pending ? Tell(scene, Phase.Scheduling)
            : new MigrationDecision.ChooseTarget();
    }

    /// <summary>Ends what is under way of a migration that somebody removed by force: nobody else would.</summary>
    private static MigrationDecision? EndOfForgotten(MigrationScene scene, VirtualMachineInstance instance)
    {
        var state = instance.Status?.MigrationState;
        if (!MigrationStates.IsUnderWay(instance) || scene.All.Any(one => one.Metadata.Uid == state!.MigrationUid))
        {
            return null;
        }

        return state!.StartTimestamp is null ? End(scene, instance, "The migration was removed.")
            : state.AbortRequested == true ? null
            : new MigrationDecision.ChangeInstance(MigrationStates.AbortAsked(instance));
    }

    private static MigrationDecision Follow(
        MigrationScene scene,
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state
    )
    {
        if (!MigrationQueue.HasPlace(scene.Migration))
        {
            return Tell(scene, Phase.Scheduled);
        }

        if (state.EndTimestamp is not null)
        {
            return state.Failed == true ? Tell(scene, Phase.Failed) : Complete(scene, instance);
        }

        if (Interruption(scene, instance, state) is { } interruption)
        {
            return interruption;
        }

        var phase =
            state.StartTimestamp is not null ? Phase.Running
            : state.TargetNodeAddress is { Length: > 0 } ? Phase.TargetReady
            : Phase.PreparingTarget;
        return (MigrationDecision?)TellNews(scene, phase)
            ?? new MigrationDecision.Wait(phase is Phase.Running ? "the guest to move" : "the hosts", Recheck);
    }

    private static MigrationDecision? Interruption(
        MigrationScene scene,
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state
    )
    {
        if (VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase))
        {
            return End(scene, instance, "The guest has ended.");
        }

        var isUnwanted = scene.IsCancelled || instance.Metadata.DeletionTimestamp is not null;
        if (state.StartTimestamp is not null)
        {
            return scene.IsSourceRemoved ? End(scene, instance, MigrationSilence.Removed(state))
                : isUnwanted && state.AbortRequested != true
                    ? new MigrationDecision.ChangeInstance(MigrationStates.AbortAsked(instance))
                : null;
        }

        if (isUnwanted)
        {
            return End(scene, MigrationStates.AbortAsked(instance), MigrationStates.Cancelled);
        }

        var within = Seconds(scene.Migration, MigrationNames.PendingAnnotation) ?? PrepareWithin;
        return !scene.IsTargetHeard
                ? End(scene, instance, $"Host {state.TargetNode} is not heard of: its agent does not renew its lease.")
            : scene.Now - (EnteredAt(scene.Migration, Phase.Scheduled) ?? scene.Now) >= within
                ? End(
                    scene,
                    instance,
                    $"The hosts {state.SourceNode} and {state.TargetNode} were not ready within "
                        + string.Create(CultureInfo.InvariantCulture, $"{within.TotalSeconds:0} s.")
                )
            : null;
    }

    /// <summary>The guest has moved: it is done once the guest has what it was to get by that.</summary>
    private static MigrationDecision Complete(MigrationScene scene, VirtualMachineInstance instance) =>
        !scene.IsCancelled && IsBeingGivenMore(instance)
            ? (MigrationDecision?)TellNews(scene, Phase.Running)
                ?? new MigrationDecision.Wait("the guest to have its processors and memory", Recheck)
            : Tell(scene, Phase.Succeeded);

    private static bool IsBeingGivenMore(VirtualMachineInstance instance) =>
        new[] { Hotplug.VcpuChange, Hotplug.MemoryChange }.Any(change =>
            Conditions.Find(instance.Status?.Conditions, change)?.Reason == Hotplug.LiveMigrate
            && Hotplug.MayApply(instance, change)
        );

    private static MigrationDecision End(MigrationScene scene, VirtualMachineInstance instance, string why) =>
        new MigrationDecision.ChangeInstance(MigrationStates.Failed(instance, why, scene.Now));

    /// <summary>It failed and the instance has nothing to tell of it: the migration says why itself.</summary>
    private static MigrationDecision.Tell Fail(MigrationScene scene, string why)
    {
        var told = StatusIn(scene, Phase.Failed);
        return new(
            told with
            {
                MigrationState = (told.MigrationState ?? new() { MigrationUid = scene.Uid }) with
                {
                    SourceNode = told.MigrationState?.SourceNode ?? scene.Instance?.Status?.NodeName,
                    Completed = true,
                    Failed = true,
                    FailureReason = why,
                    EndTimestamp = scene.Now,
                },
            }
        );
    }

    private static MigrationDecision Hold(MigrationScene scene, MigrationHold hold)
    {
        var waiting = new Condition
        {
            Type = MigrationNames.WaitingCondition,
            Status = "True",
            Reason = hold.Reason,
            Message = hold.Message,
        };
        var present = Conditions.Find(scene.Migration.Status?.Conditions, waiting.Type);
        return present?.Reason == waiting.Reason && present.Message == waiting.Message
            ? new MigrationDecision.Wait(hold.Message, hold.RecheckAfter)
            : new MigrationDecision.Tell(
                (scene.Migration.Status ?? new()) with
                {
                    Conditions = Conditions.Set(scene.Migration.Status?.Conditions, waiting, scene.Now),
                }
            );
    }

    /// <summary>What is to be written of a phase; null when it is written.</summary>
    private static MigrationDecision? TellNews(MigrationScene scene, Phase phase)
    {
        var (present, next) = (scene.Migration.Status, StatusIn(scene, phase));
        return
            present?.Phase == phase
            && present.MigrationState == next.MigrationState
            && SameConditions(present.Conditions, next.Conditions)
            ? null
            : new MigrationDecision.Tell(next);
    }

    private static MigrationDecision.Tell Tell(MigrationScene scene, Phase phase) => new(StatusIn(scene, phase));

    private static VirtualMachineInstanceMigrationStatus StatusIn(MigrationScene scene, Phase phase)
    {
        var present = scene.Migration.Status ?? new();
        var conditions = MigrationSilence.TellIn(present.Conditions, scene, phase);
        if (scene.IsCancelled && MigrationQueue.HasPlace(scene.Migration))
        {
            var abort = new Condition { Type = MigrationNames.AbortCondition, Status = "True" };
            conditions = Conditions.Set(conditions, abort, scene.Now);
        }

        return present with
        {
            Phase = phase,
            PhaseTransitionTimestamps =
                present.Phase == phase
                    ? present.PhaseTransitionTimestamps
                    :
                    [
                        .. present.PhaseTransitionTimestamps ?? [],
                        new() { Phase = phase, PhaseTransitionTimestamp = scene.Now },
                    ],
            Conditions = conditions is [] ? null : conditions,
            MigrationState = StateToTell(present, phase, scene.State),
        };
    }

    /// <summary>How far a guest is changes each second: the instance tells it, the migration with each phase.</summary>
    private static VirtualMachineInstanceMigrationState? StateToTell(
        VirtualMachineInstanceMigrationStatus present,
        Phase phase,
        VirtualMachineInstanceMigrationState? state
    ) =>
        state is null ? present.MigrationState
        : present.Phase == phase && present.MigrationState is { } told ? state with { Progress = told.Progress }
        : state;

    private static bool SameConditions(IReadOnlyList<Condition>? left, IReadOnlyList<Condition>? right) =>
        (left ?? []).SequenceEqual(right ?? []);

    private static bool HasFinalizer(VirtualMachineInstanceMigration migration) =>
        migration.Metadata.Finalizers?.Contains(MigrationNames.Finalizer) == true;

    private static DateTimeOffset? EnteredAt(VirtualMachineInstanceMigration migration, Phase phase) =>
        migration
            .Status?.PhaseTransitionTimestamps?.FirstOrDefault(entry => entry.Phase == phase)
            ?.PhaseTransitionTimestamp;

    private static TimeSpan? Seconds(VirtualMachineInstanceMigration migration, string annotation) =>
        int.TryParse(
            migration.Metadata.Annotations?.GetValueOrDefault(annotation),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
