using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>One change of an object, and when a watch told of it.</summary>
internal sealed record Seen<T>(DateTimeOffset At, WatchEventType Type, T Object);

/// <summary>Follows all objects of a kind as a user's watch does, and remembers when it heard of what.</summary>
internal sealed class Watcher<T>(KubernetesClient client)
    where T : class, IResource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Seen<T>> _seen = [];

    /// <summary>All that was heard so far, in order.</summary>
    public IReadOnlyCollection<Seen<T>> All => _seen;

    /// <summary>Follows from now on until cancelled. Returns once it does.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        var list = await client.ListAsync<T>(new ListQuery(), ct);
        _ = FollowAsync(new ListQuery(ResourceVersion: list.ResourceVersion), ct);
    }

    /// <summary>The first change of this kind, as soon as it was heard of.</summary>
    public async Task<Seen<T>> FirstAsync(string what, Func<Seen<T>, bool> wanted, CancellationToken ct)
    {
        for (var began = DateTimeOffset.UtcNow; DateTimeOffset.UtcNow - began < Limit; await Task.Delay(Pause, ct))
        {
            if (_seen.FirstOrDefault(wanted) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"{typeof(T).Name}: waited {Limit.TotalSeconds} s in vain for {what}.");
    }

    private async Task FollowAsync(ListQuery query, CancellationToken ct)
    {
        try
        {
            await foreach (var message in client.WatchAsync<T>(query, ct))
            {
                if (message.Object is { } changed)
                {
                    _seen.Enqueue(new(DateTimeOffset.UtcNow, message.Type, changed));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The measuring is over.
        }
    }
}
