using System.Collections.Concurrent;

namespace Vireo.Agent;

/// <summary>One place per guest: who has it, has it alone.</summary>
internal sealed class Places
{
    private readonly ConcurrentDictionary<string, Place> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a guest's place; null while somebody has it. Dispose to leave it.</summary>
    /// <param name="uid">The guest.</param>
    /// <param name="stopping">Ends whatever is done in the place.</param>
    public Place? TryEnter(string uid, CancellationToken stopping)
    {
        var place = new Place(this, uid, stopping);
        if (_taken.TryAdd(uid, place))
        {
            return place;
        }

        place.Dispose();
        return null;
    }

    /// <summary>Takes a guest's place from whoever has it, who is told to end.</summary>
    /// <param name="uid">The guest.</param>
    /// <param name="stopping">Ends whatever is done in the place.</param>
    public Place Enter(string uid, CancellationToken stopping)
    {
        var place = new Place(this, uid, stopping);
        while (!_taken.TryAdd(uid, place))
        {
            if (_taken.TryGetValue(uid, out var other) && _taken.TryUpdate(uid, place, other))
            {
                other.End();
                break;
            }
        }

        return place;
    }

    private void Leave(string uid, Place place) => _taken.TryRemove(new(uid, place));

    /// <summary>A place that was taken.</summary>
    internal sealed class Place(Places places, string uid, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        private readonly Lock _gate = new();
        private bool _isLeft;

        /// <summary>Cancelled when another takes the place.</summary>
        public CancellationToken Ended => _ended.Token;

        /// <summary>Tells who has the place to end.</summary>
        public void End()
        {
            lock (_gate)
            {
                if (!_isLeft)
                {
                    _ended.Cancel();
                }
            }
        }

        public void Dispose()
        {
            places.Leave(uid, this);
            lock (_gate)
            {
                _isLeft = true;
                _ended.Dispose();
            }
        }
    }
}
