using System.Collections.Concurrent;

namespace Vireo.Agent;

/// <summary>Does a piece of work once for all who ask for it while it is done.</summary>
/// <remarks>Who stops waiting does not stop the work: others may wait for it, and its fruit is kept.</remarks>
internal sealed class SharedWork<T>
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _running = new(StringComparer.Ordinal);

    /// <summary>What comes of the work; begins it unless it is being done.</summary>
    public Task<T> RunAsync(string key, Func<Task<T>> work, CancellationToken ct) =>
        _running.GetOrAdd(key, _ => new(() => DoAsync(key, work))).Value.WaitAsync(ct);

    private async Task<T> DoAsync(string key, Func<Task<T>> work)
    {
        // Work that ends at once must not leave the table before it is in it.
        await Task.Yield();
        try
        {
            return await work();
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }
}
