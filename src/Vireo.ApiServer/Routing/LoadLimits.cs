namespace Vireo.ApiServer.Routing;

/// <summary>How much the server takes on at once, and how long a request may last.</summary>
internal sealed record LoadLimits
{
    /// <summary>Large bodies count as several requests: they take memory in proportion.</summary>
    private const long BytesPerSeat = 64 * 1024;

    /// <summary>What a body counts whose length is not told.</summary>
    private const int SeatsOfUnknown = 16;

    public static LoadLimits Default { get; } = new();

    /// <summary>Requests that are served at the same time, of all clients.</summary>
    public int Seats { get; init; } = 400;

    /// <summary>Requests of one client that are served at the same time.</summary>
    public int SeatsPerClient { get; init; } = 200;

    /// <summary>Requests of one client that wait for their turn; more are refused.</summary>
    public int WaitingPerClient { get; init; } = 400;

    /// <summary>Watches that one client holds; more are refused. An agent and a browser hold about ten.</summary>
    public int WatchesPerClient { get; init; } = 1000;

    /// <summary>How long a request waits for its turn before it is refused.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that a request which is no watch or stream may last, as with Kubernetes.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What a request counts.</summary>
    /// <param name="hasBody">Whether it has a body.</param>
    /// <param name="bodyBytes">The body's length; null when it is not told.</param>
    public int SeatsOf(bool hasBody, long? bodyBytes) =>
        !hasBody ? 1
        : bodyBytes is { } bytes ? (int)Math.Min(1 + (bytes / BytesPerSeat), SeatsPerClient)
        : Math.Min(SeatsOfUnknown, SeatsPerClient);
}
