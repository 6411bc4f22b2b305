using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What a run came to with one machine.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="IsDeferred">True when it was not touched, for it needs a restart.</param>
internal sealed record RunMove(MachineTypeOutcome Outcome, bool IsDeferred = false);

/// <summary>Moves one machine of a run to where nothing is left to do to it.</summary>
internal sealed class RunMover(
    KubernetesClient client,
    TransitionScope scope,
    MachineMoves moves,
    RunGate gate,
    TimeSpan timeout,
    TimeProvider time
)
{
    private const int MaxTries = 20;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>True when the machine waits for a restart.</summary>
    public bool IsDeferred(MachineSight sight) => TransitionVerdicts.Of(scope, sight) is { } seen && Defers(seen);

    /// <summary>Makes step after step, and waits for a restart in between; null when the run is not about it.</summary>
    /// <param name="sight">The machine as it was read.</param>
    /// <param name="mayRestart">False leaves a machine alone that needs a restart.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<RunMove?> MoveAsync(MachineSight sight, bool mayRestart, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var isLetIn = false;
        for (var tries = 0; TransitionVerdicts.Of(scope, sight) is { } verdict; )
        {
            var outcome = verdict.Outcome;
            if (Defers(verdict) && !mayRestart)
            {
                return new(outcome, IsDeferred: true);
            }

            var isWaiting = verdict.Step is MoveStep.None && outcome.Outcome == "Restarting";
            if (verdict.Step is MoveStep.None && (!isWaiting || scope.Spec.DryRun == true))
            {
                return new(outcome);
            }

            if (verdict.Step is MoveStep.Change && !isLetIn && !(isLetIn = await gate.EnterAsync(ct)))
            {
                return new(outcome);
            }

            var result = isWaiting ? MoveResult.Again : await moves.StepAsync(scope, sight, verdict.Step, ct);
            if (result.Next is { } next)
            {
                sight = next;
                continue;
            }

            if (result.Told is { Outcome: "Failed" } failed)
            {
                return new(failed);
            }

            tries += isWaiting || result.Told is not null ? 0 : 1;
            if (tries == MaxTries || time.GetElapsedTime(began) > timeout)
            {
                return new(GaveUp(outcome, isWaiting));
            }

            await Task.Delay(LookAgain, time, ct);
            if (await MachinePages.ReadAsync(client, ResourceKey.Of(sight.Machine), ct) is not { } present)
            {
                return null;
            }

            sight = present;
        }

        return null;
    }

    /// <summary>A machine whose restart is under way counts as well: it is waited for with the others.</summary>
    private bool Defers(MachineVerdict verdict) =>
        scope.Spec.DryRun != true
        && (verdict.Restarts || verdict.Step is MoveStep.Start || verdict.Outcome.Outcome == "Restarting");

    private MachineTypeOutcome GaveUp(MachineTypeOutcome outcome, bool isWaiting) =>
        outcome with
        {
            Outcome = "Failed",
            Reason = isWaiting ? "TimedOut" : "Busy",
            Message = isWaiting
                ? $"It was restarted, and does not run after {timeout}: see its conditions."
                : "Others changed it each time it was to be changed: run it again.",
        };
}
