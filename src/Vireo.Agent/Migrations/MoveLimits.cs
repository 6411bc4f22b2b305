using Vireo.Api;

namespace Vireo.Agent;

/// <summary>When a move takes too long, and what is done then. Pure.</summary>
/// <param name="Total">How long it may take.</param>
/// <param name="Standstill">How long it may go on without coming nearer to its end.</param>
/// <param name="Haste">What brings it to its end; null when nothing may.</param>
internal sealed record MoveLimits(TimeSpan Total, TimeSpan Standstill, MoveHaste? Haste)
{
    private const long DefaultSecondsPerGiB = 150;
    private const long DefaultProgressSeconds = 150;
    private const long Gibibyte = 1L << 30;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The limits that a configuration sets for a guest.</summary>
    /// <param name="configuration">The cluster's; null for the defaults.</param>
    /// <param name="bytes">The guest's memory, and its disks that are sent.</param>
    public static MoveLimits Of(MigrationConfiguration? configuration, long bytes) =>
        new(
            Seconds(
                Math.Max(1, (bytes + Gibibyte - 1) / Gibibyte)
                    * (decimal)(configuration?.CompletionTimeoutPerGiB ?? DefaultSecondsPerGiB)
            ),
            Seconds(configuration?.ProgressTimeout ?? DefaultProgressSeconds),
            configuration?.AllowPostCopy == true ? MoveHaste.PostCopy
                : configuration?.AllowWorkloadDisruption == true ? MoveHaste.Pause
                : null
        );

    private static TimeSpan Seconds(decimal seconds) =>
        seconds >= (decimal)Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds((double)seconds);

    /// <summary>What to do now.</summary>
    /// <param name="elapsed">Since the move began.</param>
    /// <param name="sinceProgress">Since it last came nearer to its end.</param>
    /// <param name="isHastened">True when it was hastened already.</param>
    public MoveVerdict Judge(TimeSpan elapsed, TimeSpan sinceProgress, bool isHastened) =>
        sinceProgress >= Standstill && Standstill > TimeSpan.Zero
            ? new(
                Abort: $"Live migration is stuck: it came no nearer to its end for {Standstill.TotalSeconds} seconds "
                    + "(migrations.progressTimeout); it was given up."
            )
        : elapsed < Total || Total <= TimeSpan.Zero ? new()
        : Haste is { } haste ? new(isHastened ? null : haste)
        : new(
            Abort: $"Live migration is not completed after {Total.TotalSeconds} seconds "
                + "(migrations.completionTimeoutPerGiB); it was given up: "
                + (
                    isHastened
                        ? "the network is slow."
                        : "the guest changes its memory faster than it moves, or the network is slow. Allow "
                            + "auto-converge or post-copy."
                )
        );
}

/// <summary>What becomes of a move that is under way.</summary>
/// <param name="Haste">What is done to bring it to its end; null for nothing.</param>
/// <param name="Abort">Why it is given up; null when it goes on.</param>
internal sealed record MoveVerdict(MoveHaste? Haste = null, string? Abort = null);
