namespace Vireo.ApiServer.Storage;

/// <summary>How much of the past is kept, and when the writer tidies up.</summary>
internal sealed record StoreLimits
{
    public static StoreLimits Default { get; } = new();

    /// <summary>Changes of one kind that a watch can go back.</summary>
    public int HistoryEvents { get; init; } = 10_000;

    /// <summary>Bytes of one kind's JSON that are in memory only because of its history.</summary>
    public long HistoryBytes { get; init; } = 16 << 20;

    /// <summary>
    /// How long a change is kept, so that memory is given back after a burst. As long as etcd's past.
    /// </summary>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Writes that share a transaction.</summary>
    public int BatchWrites { get; init; } = 1024;

    /// <summary>Bytes of JSON that share a transaction; one write may be larger.</summary>
    public long BatchBytes { get; init; } = 8 << 20;

    /// <summary>About how large the write-ahead log gets before it is moved into the file.</summary>
    public long WalBytes { get; init; } = 16 << 20;

    /// <summary>Changes whose rows wait to be removed before that is done even while writes wait.</summary>
    public int Backlog { get; init; } = 16_384;

    /// <summary>How long no write must have come before the writer tidies up.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(100);
}
