using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Makes the status of a transition.</summary>
internal static class TransitionReport
{
    /// <summary>Says what a transition does or waits for.</summary>
    public const string Progressing = "Progressing";

    /// <summary>True for phases that nothing follows.</summary>
    public static bool IsFinal(string? phase) => phase is "Completed" or "Failed" or "Cancelled";

    /// <summary>A transition that may not begin yet.</summary>
    public static MachineTypeTransitionStatus Pending(
        MachineTypeTransitionStatus? present,
        string reason,
        string message,
        DateTimeOffset now
    ) => Say(present ?? new(), "Pending", reason, message, now);

    /// <summary>A transition that ends, or never begins.</summary>
    public static MachineTypeTransitionStatus Ended(
        MachineTypeTransitionStatus? present,
        string phase,
        string reason,
        string message,
        DateTimeOffset now
    ) => Say((present ?? new()) with { CompletedAt = now }, phase, reason, message, now);

    /// <summary>A transition that begins.</summary>
    public static MachineTypeTransitionStatus Begun(
        MachineTypeTransitionStatus? present,
        IReadOnlyList<MachineTypeStep> steps,
        DateTimeOffset now
    ) => Say((present ?? new()) with { StartedAt = now, Steps = steps }, "Running", "Begun", "It begins.", now);

    /// <summary>A transition under way, or at its end.</summary>
    /// <param name="present">What is written.</param>
    /// <param name="spec">What it is to do.</param>
    /// <param name="tally">What came of its machines.</param>
    /// <param name="waitsFor">What keeps it from touching more machines now; null for nothing.</param>
    /// <param name="now">The time.</param>
    public static MachineTypeTransitionStatus Of(
        MachineTypeTransitionStatus present,
        MachineTypeTransitionSpec spec,
        TransitionTally tally,
        string? waitsFor,
        DateTimeOffset now
    )
    {
        var counts = tally.Counts;
        var (outcomes, omitted) = tally.Bounded;
        var status = present with
        {
            Counts = counts,
            Outcomes = outcomes is [] ? null : outcomes,
            OutcomesOmitted = omitted == 0 ? null : omitted,
        };
        var isBusy = counts.Waiting + counts.Restarting > 0;
        if (counts.Failed >= spec.Limits?.MaxFailures)
        {
            return Ended(
                status,
                "Failed",
                "TooManyFailures",
                $"It gave up after {Machines(counts.Failed)} could not be moved: limits.maxFailures is "
                    + $"{spec.Limits.MaxFailures}. {counts.Waiting} were not touched.",
                now
            );
        }

        return (spec, isBusy, counts) switch
        {
            ({ DryRun: true }, _, _) => Ended(status, "Completed", "DryRun", "Nothing was changed. " + Sum(counts), now),
            ({ Paused: true }, true, _) => Say(status, "Paused", "Paused", "It is paused. " + Sum(counts), now),
            (_, true, _) => Say(
                status,
                "Running",
                waitsFor is null ? "Moving" : "Waiting",
                (waitsFor is null ? "" : $"Waits for {waitsFor}. ") + Sum(counts),
                now
            ),
            (_, _, { RestartRequired: > 0 }) => Say(
                status,
                "AwaitingRestarts",
                "AwaitingRestarts",
                $"{Machines(counts.RestartRequired)} must be restarted by their owners. " + Sum(counts),
                now
            ),
            (_, _, { Failed: > 0 }) => Ended(
                status,
                "Failed",
                "MachinesFailed",
                $"{Machines(counts.Failed)} could not be moved. " + Sum(counts),
                now
            ),
            _ => Ended(status, "Completed", "Completed", Sum(counts), now),
        };
    }

    private static MachineTypeTransitionStatus Say(
        MachineTypeTransitionStatus status,
        string phase,
        string reason,
        string message,
        DateTimeOffset now
    ) =>
        status with
        {
            Phase = phase,
            Conditions = Conditions.Set(
                status.Conditions,
                new()
                {
                    Type = Progressing,
                    Status = IsFinal(phase) || phase is "Pending" or "Paused" ? "False" : "True",
                    Reason = reason,
                    Message = message,
                },
                now
            ),
        };

    private static string Sum(MachineTypeTransitionCounts counts) =>
        $"Of {Machines(counts.Selected)}: {counts.Updated} updated, {counts.Unchanged} needed nothing, "
        + $"{counts.RestartRequired} to restart, {counts.Restarting} restarting, {counts.Waiting} waiting, "
        + $"{counts.Refused} refused, {counts.Failed} failed.";

    private static string Machines(int count) => count == 1 ? "1 machine" : $"{count} machines";
}
