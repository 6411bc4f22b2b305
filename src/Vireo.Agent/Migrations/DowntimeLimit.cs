namespace Vireo.Agent;

/// <summary>How long a guest may stand still at the end of its move. Pure.</summary>
/// <remarks>
/// The hypervisor stops a guest as soon as what is left would take no longer than that to send, so a guest that could
/// do with less stands still for all of it. It begins short, and is more only for a guest that writes its memory so
/// fast that it would not come to an end.
/// </remarks>
internal static class DowntimeLimit
{
    private const int Doublings = 30;

    /// <summary>QEMU takes no more.</summary>
    private const long Longest = 2_000_000;

    /// <summary>As in KubeVirt.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(900);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(75);

    /// <summary>The limit now.</summary>
    /// <param name="looks">How often the move was looked at since all memory was sent once; each doubles the limit.</param>
    /// <param name="mostMilliseconds">The cluster's <c>migrations.maxDowntimeMs</c>; null or 0 for the default.</param>
    public static TimeSpan After(int looks, long? mostMilliseconds)
    {
        var most = mostMilliseconds is { } set and > 0 ? TimeSpan.FromMilliseconds(Math.Min(set, Longest)) : Usual;
        var grown = First * (1L << Math.Min(looks, Doublings));
        return grown < most ? grown : most;
    }
}
