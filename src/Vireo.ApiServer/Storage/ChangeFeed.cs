using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>The recent changes of every kind, and how far all of them are.</summary>
internal sealed class ChangeFeed(History[] histories, long revision)
{
    private readonly bool[] _touched = new bool[histories.Length];
    private long _published = revision;
    private volatile bool _isClosed;

    /// <summary>Every change up to this revision is in its history.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>No change will follow.</summary>
    public bool IsClosed => _isClosed;

    public History this[ResourceKind kind] => histories[StoreState.PositionOf(kind)];

    /// <summary>Adds the changes of a batch and wakes who watches their kinds. For the writer only.</summary>
    public void Publish(IReadOnlyList<StoreEvent> changes, long revision)
    {
        Array.Clear(_touched);

        foreach (var change in changes)
        {
            var position = StoreState.PositionOf(change.Object.Kind);
            histories[position].Append(change);
            _touched[position] = true;
        }

        Volatile.Write(ref _published, revision);

        for (var position = 0; position < histories.Length; position++)
        {
            if (_touched[position])
            {
                histories[position].Signal();
            }
        }
    }

    /// <summary>Lets go of what is over a limit, in every kind. For the writer only.</summary>
    public void Trim(Queue<ObsoleteRows> obsolete)
    {
        foreach (var history in histories)
        {
            history.Trim(obsolete);
        }
    }

    /// <summary>Ends every watch, once it has read what there is.</summary>
    public void Close()
    {
        _isClosed = true;

        foreach (var history in histories)
        {
            history.Signal();
        }
    }
}
