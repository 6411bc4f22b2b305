using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Counts failures to start, and says how long to pause after them.</summary>
/// <remarks>
/// A failure is an instance that ended without ever having run, unless it was deleted before it ended: then somebody
/// asked for its end. Each counts once. A run clears the count, and so does a strategy that does not start again.
/// </remarks>
internal static class StartFailures
{
    private const int StepSeconds = 10;
    private const int LongestPauseSeconds = 300;

    /// <summary>Strategies that start again by themselves.</summary>
    public static bool Counts(RunStrategy? strategy) =>
        strategy is RunStrategy.Always or RunStrategy.RerunOnFailure or RunStrategy.Once;

    public static VirtualMachineStartFailure? Next(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        DateTimeOffset now,
        double jitter
    )
    {
        var present = machine.Status?.StartFailure;
        if (!Counts(RunStrategies.Of(machine)) || HasRun(instance))
        {
            return null;
        }

        if (
            instance is null
            || instance.Metadata.DeletionTimestamp is not null
            || !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
            || instance.Metadata.Uid == present?.LastFailedVMIUID
        )
        {
            return present;
        }

        var count = (present?.ConsecutiveFailCount ?? 0) + 1;
        return new()
        {
            ConsecutiveFailCount = count,
            LastFailedVMIUID = instance.Metadata.Uid,
            RetryAfterTimestamp = now + PauseAfter(count, jitter),
        };
    }

    /// <summary>10 seconds times the square of the failures, up to half of that more, 5 minutes at most.</summary>
    public static TimeSpan PauseAfter(int failures, double jitter)
    {
        var seconds = StepSeconds * (long)failures * failures;
        return TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, seconds + (long)(jitter * (seconds / 2))));
    }

    private static bool HasRun(VirtualMachineInstance? instance) =>
        instance?.Status?.Phase is VirtualMachineInstancePhase.Running
        || instance?.Status?.PhaseTransitionTimestamps?.Any(entry => entry.Phase is VirtualMachineInstancePhase.Running)
            == true;
}
