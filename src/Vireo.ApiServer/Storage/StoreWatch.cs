using System.Diagnostics.CodeAnalysis;
using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>A place in the changes of one kind, for one reader: read what there is, wait, and again.</summary>
/// <remarks>For one thread at a time. It holds nothing that has to be let go.</remarks>
internal sealed class StoreWatch
{
    private readonly ChangeFeed _feed;
    private readonly History _history;
    private readonly string? _namespace;
    private HistoryEntry _at;

    /// <exception cref="RevisionExpiredException">Changes after the revision have been let go.</exception>
    public StoreWatch(ChangeFeed feed, ResourceKind kind, string? ns, long afterRevision)
    {
        (_feed, _history, _namespace, Position) = (feed, feed[kind], ns, afterRevision);
        _at = _history.Before;
        Ensure(afterRevision, _at);
    }

    /// <summary>
    /// Every change up to this revision has been read, also where the newest were of other kinds: what a bookmark says.
    /// </summary>
    public long Position { get; private set; }

    /// <summary>Takes the next change; false when there is none yet.</summary>
    /// <exception cref="RevisionExpiredException">It was let go before it was read.</exception>
    public bool TryRead([NotNullWhen(true)] out StoreEvent? change)
    {
        while (true)
        {
            var published = _feed.Published;
            var next = _at.Next;

            if (next is null)
            {
                Position = Math.Max(Position, published);
                change = null;
                return false;
            }

            if (next == HistoryEntry.Gone)
            {
                _at = _history.Before;
                Ensure(Position, _at);
                continue;
            }

            _at = next;
            var isNew = next.Revision > Position;
            Position = Math.Max(Position, next.Revision);

            if (isNew && (_namespace is null || next.Change!.Object.Namespace == _namespace))
            {
                change = next.Change!;
                return true;
            }
        }
    }

    /// <summary>
    /// Waits until <see cref="TryRead"/> may find more; false when the store is closed and all is read.
    /// </summary>
    public async ValueTask<bool> WaitAsync(CancellationToken ct)
    {
        // In this order: what happens between the first line and the last completes the task.
        var (changed, isClosed) = (_history.Changed, _feed.IsClosed);

        if (_at.Next is not null)
        {
            return true;
        }

        if (isClosed)
        {
            return false;
        }

        await changed.WaitAsync(ct);
        return true;
    }

    /// <summary>What was let go must have been read: on the way to its start, a watch may be cut off from it.</summary>
    private static void Ensure(long position, HistoryEntry before)
    {
        if (position < before.Revision)
        {
            throw new RevisionExpiredException(position, before.Revision);
        }
    }
}
