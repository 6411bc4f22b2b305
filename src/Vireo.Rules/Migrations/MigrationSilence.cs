using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Rules;

/// <summary>What is told of a guest that moves while one of its hosts is not heard of.</summary>
/// <remarks>
/// Nobody but the hosts' agents can know where the guest runs, so nobody else ends its move: the migration stays
/// Running, and says what it waits for, until one of them comes back or its Host is removed.
/// </remarks>
public static class MigrationSilence
{
    /// <summary>A migration's conditions in a phase: of what was waited for only a silent host is told.</summary>
    internal static IReadOnlyList<Condition> TellIn(
        IReadOnlyList<Condition>? conditions,
        MigrationScene scene,
        Phase phase
    ) =>
        phase is Phase.Running && Of(scene) is { } silence
            ? Conditions.Set(conditions, silence, scene.Now)
            : Conditions.Remove(conditions, MigrationNames.WaitingCondition);

    /// <summary>Why a migration failed whose source was removed.</summary>
    internal static string Removed(VirtualMachineInstanceMigrationState state) =>
        $"Host {state.SourceNode} was removed while the guest moved from there to {state.TargetNode}.";

    private static Condition? Of(MigrationScene scene) =>
        scene.State is not { EndTimestamp: null } state ? null
        : !scene.IsSourceHeard
            ? Waiting(
                "SourceNotHeard",
                $"Host {state.SourceNode}, which the guest leaves, is not heard of: its agent does not renew its lease. "
                    + $"If the guest has arrived, host {state.TargetNode} says so; else it is known when "
                    + $"{state.SourceNode} is back. A host that does not come back is removed by deleting its Host."
            )
        : !scene.IsTargetHeard
            ? Waiting(
                "TargetNotHeard",
                $"Host {state.TargetNode}, which the guest moves to, is not heard of: its agent does not renew its "
                    + $"lease. The guest stays on {state.SourceNode}; had it been sent whole, it stands still there "
                    + $"until {state.TargetNode} is back and says whether it runs there."
            )
        : null;

    private static Condition Waiting(string reason, string message) =>
        new()
        {
            Type = MigrationNames.WaitingCondition,
            Status = "True",
            Reason = reason,
            Message = message,
        };
}
