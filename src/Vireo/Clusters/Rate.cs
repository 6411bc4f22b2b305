namespace Vireo.Clusters;

/// <summary>How fast a count grows, over the last seconds.</summary>
internal sealed class Rate(TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, int Count)> _seen = [];

    /// <summary>Adds what is counted now.</summary>
    /// <returns>The growth in a second; null while too little was seen to tell.</returns>
    public double? Add(int count)
    {
        var now = time.GetTimestamp();
        _seen.Enqueue((now, count));
        while (_seen.Count > 2 && time.GetElapsedTime(_seen.Peek().At, now) > Span)
        {
            _seen.Dequeue();
        }

        var (at, first) = _seen.Peek();
        var elapsed = time.GetElapsedTime(at, now).TotalSeconds;
        return elapsed > 0 && count > first ? (count - first) / elapsed : null;
    }
}
