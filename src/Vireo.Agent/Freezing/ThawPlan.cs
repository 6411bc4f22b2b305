namespace Vireo.Agent;

/// <summary>A frozen guest, and since when its thawing is tried in vain.</summary>
/// <param name="Note">What is kept on disk.</param>
/// <param name="FailedAt">When the last try failed; null when none did.</param>
internal sealed record FrozenGuest(FreezeNote Note, DateTimeOffset? FailedAt);

/// <summary>Which guests are thawed now, and when to look again.</summary>
/// <param name="Due">To be thawed.</param>
/// <param name="Wait">Until the next is due; null when none will be.</param>
internal sealed record ThawStep(IReadOnlyList<FreezeNote> Due, TimeSpan? Wait);

/// <summary>Decides when frozen guests are thawed by themselves. Pure.</summary>
internal static class ThawPlan
{
    /// <summary>A guest that could not be thawed is tried again after this.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>A clock can wait for this at once; what is due later is looked at again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>What to do now.</summary>
    public static ThawStep Next(IReadOnlyList<FrozenGuest> frozen, DateTimeOffset now)
    {
        var times = frozen
            .Where(guest => guest.Note.Until is not null)
            .Select(guest => (guest.Note, At: TimeOf(guest)));
        var due = times.Where(guest => guest.At <= now).Select(guest => guest.Note).ToList();
        var later = times.Where(guest => guest.At > now).Select(guest => guest.At - now).ToList();
        return new(due, later.Count == 0 ? null : TimeSpan.FromTicks(Math.Min(later.Min().Ticks, LongestWait.Ticks)));
    }

    private static DateTimeOffset TimeOf(FrozenGuest guest) =>
        guest.FailedAt is { } failed && failed + RetryAfter > guest.Note.Until!.Value
            ? failed + RetryAfter
            : guest.Note.Until!.Value;
}
