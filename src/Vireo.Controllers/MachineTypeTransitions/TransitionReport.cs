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
        var phase = TransitionOutcomes.PhaseOf(spec, counts);
        var (reason, message) = phase switch
        {
            _ when spec.DryRun == true => ("DryRun", "Nothing was changed."),
            "Failed" when counts.Waiting + counts.Restarting + counts.RestartRequired > 0 => (
                "TooManyFailures",
                $"It gave up: limits.maxFailures is {spec.Limits?.MaxFailures}."
            ),
            "Failed" => ("MachinesFailed", $"{Machines(counts.Failed)} could not be moved."),
            "Running" when waitsFor is not null => ("Waiting", $"Waits for {waitsFor}."),
            "Running" => ("Moving", "Machines are being moved."),
            "AwaitingRestarts" => (phase, $"{Machines(counts.RestartRequired)} to be restarted by their owners."),
            _ => (phase, $"It is {phase.ToLowerInvariant()}."),
        };
        message = $"{message} {Sum(counts)}";
        return IsFinal(phase) ? Ended(status, phase, reason, message, now) : Say(status, phase, reason, message, now);
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
