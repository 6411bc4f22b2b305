using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far a transition is, for its limits.</summary>
/// <param name="Restarting">Machines that are restarting now.</param>
/// <param name="Failed">Machines that could not be moved.</param>
/// <param name="BatchStartedAt">When the last batch was begun; null before the first.</param>
/// <param name="ChangedInBatch">Machines that were changed since then.</param>
public sealed record TransitionPace(int Restarting, int Failed, DateTimeOffset? BatchStartedAt, int ChangedInBatch);

/// <summary>What a transition may do now.</summary>
/// <param name="Changes">How many further machines may be changed.</param>
/// <param name="Restarts">How many further machines may be restarted.</param>
/// <param name="BeginsBatch">True when the changes are a new batch: its begin is to be written down.</param>
/// <param name="LookAgainAt">When more will be allowed; null when that is no matter of time.</param>
/// <param name="WaitsFor">What it waits for, for a person; null when it may go on.</param>
/// <param name="GivesUp">True when there were too many failures: no further machine is touched.</param>
public sealed record TransitionAllowance(
    int Changes,
    int Restarts,
    bool BeginsBatch,
    DateTimeOffset? LookAgainAt,
    string? WaitsFor,
    bool GivesUp = false
)
{
    /// <summary>
    /// How many of the changes may be under way before the next are begun; null for any. Set where batches follow each
    /// other without a pause: the allowance is for all of them.
    /// </summary>
    public int? BatchSize { get; init; }

    internal static TransitionAllowance None(string waitsFor, DateTimeOffset? until = null, bool givesUp = false) =>
        new(0, 0, BeginsBatch: false, until, waitsFor, givesUp);
}

/// <summary>Holds a transition to its limits.</summary>
public static class TransitionLimits
{
    /// <summary>What may be done now.</summary>
    public static TransitionAllowance Allow(MachineTypeTransitionSpec spec, TransitionPace pace, DateTimeOffset now)
    {
        var limits = spec.Limits ?? new();
        if (spec.Cancelled == true)
        {
            return TransitionAllowance.None("it is cancelled");
        }

        if (limits.MaxFailures is { } most && pace.Failed >= most)
        {
            return TransitionAllowance.None(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pace.Failed} machines could not be moved, and maxFailures is {most}"
                ),
                givesUp: true
            );
        }

        if (spec.Paused == true)
        {
            return TransitionAllowance.None("it is paused");
        }

        if (!MaintenanceWindows.IsOpen(limits.Window, now))
        {
            var opens = MaintenanceWindows.OpensAt(limits.Window!, now);
            return TransitionAllowance.None(
                $"its maintenance window, which opens at {limits.Window!.Start} {ZoneOf(limits.Window)}",
                opens
            );
        }

        var restarts = Math.Max(
            0,
            (limits.MaxConcurrentRestarts ?? TransitionDefaults.MaxConcurrentRestarts) - pace.Restarting
        );
        var interval = GoDuration.Parse(limits.BatchInterval ?? "0") ?? TimeSpan.Zero;
        return limits.BatchSize is { } size && interval > TimeSpan.Zero
            ? Batch(size, interval, limits, pace, restarts, now)
            : new(int.MaxValue, restarts, BeginsBatch: pace.BatchStartedAt is null, null, null)
            {
                BatchSize = limits.BatchSize,
            };
    }

    private static TransitionAllowance Batch(
        int size,
        TimeSpan interval,
        MachineTypeTransitionLimits limits,
        TransitionPace pace,
        int restarts,
        DateTimeOffset now
    )
    {
        if (pace.BatchStartedAt is not { } began)
        {
            return new(size, restarts, BeginsBatch: true, null, null);
        }

        if (pace.ChangedInBatch < size)
        {
            return new(size - pace.ChangedInBatch, restarts, BeginsBatch: false, null, null);
        }

        var next = began + interval;
        // Machines of the last batch may still be restarted in the pause.
        return now >= next
            ? new(size, restarts, BeginsBatch: true, null, null)
            : new(0, restarts, BeginsBatch: false, next, $"the next batch, {limits.BatchInterval} after the last");
    }

    private static string ZoneOf(MaintenanceWindow window) =>
        string.IsNullOrEmpty(window.TimeZone) ? "UTC" : window.TimeZone;
}
