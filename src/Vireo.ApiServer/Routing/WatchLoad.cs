using System.Runtime.InteropServices;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Routing;

/// <summary>Counts the watches of each client, and lets none hold more than its share.</summary>
internal sealed class WatchLoad(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    /// <summary>Counts a watch, until it leaves.</summary>
    /// <exception cref="StatusException">TooManyRequests: the client holds as many as it may.</exception>
    public void Enter(string client)
    {
        lock (_lock)
        {
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, client, out _);
            if (held >= most)
            {
                throw Refusals.TooManyRequests(
                    $"this client holds {most} watches, and no client may hold more: end those that are not needed"
                );
            }

            held++;
        }
    }

    /// <summary>Counts a watch no longer.</summary>
    public void Leave(string client)
    {
        lock (_lock)
        {
            if (--_held[client] == 0)
            {
                _held.Remove(client);
            }
        }
    }
}

/// <summary>
/// The turn of a watch, to be given back once what there is was sent: until then the watch counts as a request.
/// </summary>
internal sealed class WatchTurn(FairShare.Place place) : IDisposable
{
    private int _isOver;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            place.Dispose();
        }
    }
}
