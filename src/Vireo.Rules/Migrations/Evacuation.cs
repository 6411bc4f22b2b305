using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What becomes of a guest whose host is drained.</summary>
public enum EvictionAnswer
{
    /// <summary>It moves to another host while it runs.</summary>
    Move,

    /// <summary>Somebody else is told to move it, and does.</summary>
    External,

    /// <summary>It stays where it is until somebody stops it: nothing forbids that.</summary>
    MayStop,

    /// <summary>It was to move and cannot: nobody is to stop it either.</summary>
    Denied,
}

/// <summary>What is done next so that a guest leaves its host, or stays. The list is closed.</summary>
public abstract record EvacuationStep
{
    private EvacuationStep() { }

    /// <summary>Nothing.</summary>
    public sealed record None : EvacuationStep;

    /// <summary>The instance becomes this.</summary>
    /// <param name="Instance">The instance as it was read, with what changes.</param>
    public sealed record Mark(VirtualMachineInstance Instance) : EvacuationStep;

    /// <summary>A migration is made.</summary>
    /// <param name="Migration">The migration.</param>
    public sealed record Move(VirtualMachineInstanceMigration Migration) : EvacuationStep;

    /// <summary>A migration is cancelled.</summary>
    /// <param name="Migration">The migration.</param>
    public sealed record Cancel(VirtualMachineInstanceMigration Migration) : EvacuationStep;
}

/// <summary>Decides how guests leave a host that is drained.</summary>
public static class Evacuation
{
    /// <summary>What becomes of a guest, and why.</summary>
    /// <remarks>
    /// <code>
    /// evictionStrategy       can move  cannot move
    /// None                   MayStop   MayStop
    /// LiveMigrate            Move      Denied
    /// LiveMigrateIfPossible  Move      MayStop
    /// External               External  External
    /// </code>
    /// </remarks>
    public static (EvictionAnswer Answer, string Why) AnswerOf(
        VirtualMachineInstance instance,
        KubeVirtConfiguration configuration
    )
    {
        var strategy =
            instance.Spec.EvictionStrategy is { Length: > 0 } own ? own
            : configuration.EvictionStrategy is { Length: > 0 } usual ? usual
            : "None";
        var obstacle = LiveMigratable.WhyNot(instance);
        return (strategy, obstacle) switch
        {
            ("External", _) => (EvictionAnswer.External, "evictionStrategy External: somebody else moves it"),
            ("LiveMigrate" or "LiveMigrateIfPossible", null) => (EvictionAnswer.Move, $"evictionStrategy {strategy}"),
            ("LiveMigrate", var (reason, message)) => (EvictionAnswer.Denied, $"{reason}: {message}"),
            ("LiveMigrateIfPossible", var (reason, message)) => (EvictionAnswer.MayStop, $"{reason}: {message}"),
            _ => (EvictionAnswer.MayStop, "evictionStrategy None"),
        };
    }

    /// <summary>True for a node that asks to be drained.</summary>
    public static bool IsDraining(Node? node, KubeVirtConfiguration configuration) =>
        node?.Spec?.Taints?.Any(taint => taint.Key == DrainTaintOf(configuration)) == true;

    /// <summary>The taint that asks for it.</summary>
    public static string DrainTaintOf(KubeVirtConfiguration configuration) =>
        configuration.Migrations?.NodeDrainTaintKey is { Length: > 0 } key ? key : MigrationNames.DrainTaint;

    /// <summary>The next step for one instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="isDraining">True when its host asks to be drained.</param>
    /// <param name="migrations">All migrations of the instance.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static EvacuationStep Next(
        VirtualMachineInstance instance,
        bool isDraining,
        IEnumerable<VirtualMachineInstanceMigration> migrations,
        KubeVirtConfiguration configuration
    )
    {
        var open = migrations.Where(one => !MigrationNames.IsFinal(one)).ToList();
        if (instance is not { Metadata.DeletionTimestamp: null, Status: { NodeName: { } host } status })
        {
            return new EvacuationStep.None();
        }

        var answer = AnswerOf(instance, configuration).Answer;
        var isWanted =
            isDraining
            && !IsCancelled(instance, host)
            && status.Phase is VirtualMachineInstancePhase.Running
            && answer is EvictionAnswer.Move or EvictionAnswer.External;
        if (WithMark(instance, isWanted ? host : null, isDraining) is { } marked)
        {
            return new EvacuationStep.Mark(marked);
        }

        if (isWanted)
        {
            return answer is EvictionAnswer.Move && open is []
                ? new EvacuationStep.Move(
                    MigrationNames.Make(
                        instance,
                        MigrationNames.EvacuationPrefix,
                        new Dictionary<string, string> { [MigrationNames.EvacuationAnnotation] = host },
                        MigrationNames.SystemCritical
                    )
                )
                : new EvacuationStep.None();
        }

        return open.Find(one => IsToBeCancelled(one, instance)) is { } unwanted
            ? new EvacuationStep.Cancel(unwanted)
            : new EvacuationStep.None();
    }

    /// <summary>The instance that stays, though its host is drained; null when it was not to leave.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="fromHost">Only if it is this host that it was to leave; null for any.</param>
    public static VirtualMachineInstance? Cancelled(VirtualMachineInstance instance, string? fromHost)
    {
        if (
            instance.Status?.EvacuationNodeName is not { Length: > 0 } host
            || (fromHost is { Length: > 0 } && fromHost != host)
        )
        {
            return null;
        }

        return Annotated(instance, host) with
        {
            Status = instance.Status with { EvacuationNodeName = null },
        };
    }

    private static VirtualMachineInstance? WithMark(VirtualMachineInstance instance, string? mark, bool isDraining)
    {
        var status = instance.Status!;
        var isPaperLeft = !isDraining && Annotation(instance) is not null;
        if ((status.EvacuationNodeName ?? "") == (mark ?? "") && !isPaperLeft)
        {
            return null;
        }

        return (isPaperLeft ? Annotated(instance, null) : instance) with
        {
            Status = status with { EvacuationNodeName = mark },
        };
    }

    private static bool IsToBeCancelled(VirtualMachineInstanceMigration migration, VirtualMachineInstance instance) =>
        MigrationNames.Has(migration, MigrationNames.EvacuationAnnotation)
        && migration.Metadata.DeletionTimestamp is null
        && !(
            instance.Status?.MigrationState is { EndTimestamp: not null } ended
            && ended.MigrationUid == migration.Metadata.Uid
        );

    private static bool IsCancelled(VirtualMachineInstance instance, string host) => Annotation(instance) == host;

    private static string? Annotation(VirtualMachineInstance instance) =>
        instance.Metadata.Annotations?.GetValueOrDefault(MigrationNames.EvacuationCancelledAnnotation);

    private static VirtualMachineInstance Annotated(VirtualMachineInstance instance, string? host)
    {
        var annotations = new Dictionary<string, string>(
            instance.Metadata.Annotations ?? new Dictionary<string, string>(),
            StringComparer.Ordinal
        );
        annotations.Remove(MigrationNames.EvacuationCancelledAnnotation);
        if (host is not null)
        {
            annotations[MigrationNames.EvacuationCancelledAnnotation] = host;
        }

        return instance with
        {
            Metadata = instance.Metadata with { Annotations = annotations },
        };
    }
}
