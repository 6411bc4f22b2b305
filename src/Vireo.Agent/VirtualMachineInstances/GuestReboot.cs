using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>A guest rebooted.</summary>
/// <param name="At">When.</param>
/// <param name="Source">Who wanted it.</param>
internal sealed record GuestReboot(DateTimeOffset At, RebootSource Source)
{
    /// <summary>The condition that tells it.</summary>
    public const string ConditionType = VirtualMachineConditions.GuestRebooted;

    /// <summary>How long a guest may take to come down after it was asked to.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A reset of a guest's own that follows a reboot which a user wanted so soon is part of that: firmware resets once
    /// more, on a slow host seconds later.
    /// </summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    /// <summary>What happened, for a person.</summary>
    public string Message =>
        Source switch
        {
            RebootSource.SoftReboot => "The guest was asked to reboot and did.",
            RebootSource.Reset => "The guest was reset.",
            _ => "The guest rebooted itself.",
        };

    /// <summary>The reboot of a running guest that was not told yet; null when all was told.</summary>
    /// <param name="told">The condition that tells the last one; its time has whole seconds.</param>
    /// <param name="seen">When the guest last started over.</param>
    /// <param name="run">When this run began: what was before is another run's.</param>
    /// <param name="asked">What was asked for last.</param>
    public static GuestReboot? News(Condition? told, GuestReset? seen, StartIntent? run, RebootIntent? asked)
    {
        if (seen is null || seen.At < run?.At)
        {
            return null;
        }

        var source = seen.IsByHost ? RebootSource.Reset : RebootSource.GuestRequest;
        var answered = Answers(asked, seen.At);
        if (answered is null && !seen.IsByHost && WasWanted(told) && seen.At - told!.LastTransitionTime < Aftermath)
        {
            return null;
        }

        return told?.LastTransitionTime is not { } last || last < WholeSeconds(seen.At)
                ? new(WholeSeconds(seen.At), answered?.Source ?? source)
            // The second one within a second: who waits for it waits for a later time.
            : answered is not null ? new(last.AddSeconds(1), answered.Source)
            : null;
    }

    /// <summary>The reboot that ended a guest; null when it ended otherwise, or nobody knows.</summary>
    /// <param name="end">How the guest ended.</param>
    /// <param name="asked">What was asked for last.</param>
    /// <param name="now">The time, for an end of which no time is known.</param>
    /// <remarks>
    /// A guest that is to end by its reboot may be asked to power off instead: that it was asked to reboot counts then,
    /// unless it comes down so much later that it did so of its own.
    /// </remarks>
    public static GuestReboot? Of(GuestEnd? end, RebootIntent? asked, DateTimeOffset now)
    {
        if (end?.State != GuestState.ShutDown)
        {
            return null;
        }

        var at = end.At ?? now;
        var answered = Answers(asked, at);
        return end.Cause switch
        {
            EndCause.HostReset => new(at, RebootSource.Reset),
            EndCause.GuestReboot => new(at, answered?.Source ?? RebootSource.GuestRequest),
            EndCause.GuestShutdown or EndCause.Unknown when answered is { EndsGuest: true } => new(at, answered.Source),
            _ => null,
        };
    }

    private static RebootIntent? Answers(RebootIntent? asked, DateTimeOffset at) =>
        asked is not null && asked.At <= at && at - asked.At <= Patience ? asked : null;

    private static bool WasWanted(Condition? told) =>
        told?.Reason is nameof(RebootSource.SoftReboot) or nameof(RebootSource.Reset);

    private static DateTimeOffset WholeSeconds(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}

/// <summary>Who wanted a reboot; the names are the reasons of the condition.</summary>
internal enum RebootSource
{
    /// <summary>Somebody or something in the guest.</summary>
    GuestRequest,

    /// <summary>A user of Vireo, who had the guest asked.</summary>
    SoftReboot,

    /// <summary>A user, who did not have the guest asked.</summary>
    Reset,
}
