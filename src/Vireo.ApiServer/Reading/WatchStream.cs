using System.IO.Pipelines;
using Vireo.Api;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>The events one watcher gets, in order: a change becomes what it means to the watcher's selection.</summary>
internal sealed class WatchStream(PipeWriter output, ResourceKind kind, Selection selection, OutputForm form)
{
    private static readonly TimeSpan BetweenBookmarks = TimeSpan.FromMinutes(1);

    /// <summary>Sends what there is, when the client asked for it.</summary>
    /// <returns>The revision after which changes follow.</returns>
    public async Task<long> InitialAsync(WatchStart start, ResourceStore store, string? ns, CancellationToken ct)
    {
        if (!start.SendsInitial)
        {
            return start.Revision == 0 ? store.Revision : start.Revision;
        }

        var list = store.List(kind, ns);
        foreach (var item in list.Items.Where(item => selection.IsEverything || selection.Matches(item)))
        {
            WatchEventBytes.Write(output, StoreEventType.Added, item, form);
            if (output.UnflushedBytes > 64 * 1024)
            {
                await FlushAsync(ct);
            }
        }

        if (start is { MarksInitialEnd: true, Bookmarks: true })
        {
            WatchEventBytes.WriteBookmark(output, kind, list.Revision, endsInitial: true, form);
        }

        await FlushAsync(ct);
        return list.Revision;
    }

    /// <summary>Sends changes until there are no more.</summary>
    public async Task FollowAsync(IAsyncEnumerable<StoreEvent> changes, CancellationToken ct)
    {
        await foreach (var change in changes)
        {
            await WriteAsync(change, ct);
        }
    }

    /// <summary>Sends changes, and in between tells how far the watch is.</summary>
    /// <remarks>
    /// A bookmark names the revision that was newest a whole pause ago, and is sent only while no change waits to be
    /// read: so every change up to it has been sent.
    /// </remarks>
    public async Task FollowAsync(
        IAsyncEnumerable<StoreEvent> changes,
        Func<long> newest,
        TimeProvider time,
        CancellationTokenSource end
    )
    {
        await using var reader = changes.GetAsyncEnumerator(end.Token);
        var next = reader.MoveNextAsync().AsTask();
        var (known, pause) = (newest(), Task.Delay(BetweenBookmarks, time, end.Token));
        try
        {
            while (true)
            {
                if (await Task.WhenAny(next, pause) == pause && pause.IsCompletedSuccessfully && !next.IsCompleted)
                {
                    WatchEventBytes.WriteBookmark(output, kind, known, endsInitial: false, form);
                    await FlushAsync(end.Token);
                    (known, pause) = (newest(), Task.Delay(BetweenBookmarks, time, end.Token));
                }
                else if (await next)
                {
                    await WriteAsync(reader.Current, end.Token);
                    next = reader.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }
            }
        }
        finally
        {
            // A reader that still waits must not be disposed of.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task ErrorAsync(Status status, CancellationToken ct)
    {
        WatchEventBytes.WriteError(output, status);
        await FlushAsync(ct);
    }

    private async Task WriteAsync(StoreEvent change, CancellationToken ct)
    {
        if (Seen(change) is var (type, stored))
        {
            WatchEventBytes.Write(output, type, stored, form);
            await FlushAsync(ct);
        }
    }

    /// <summary>An object that enters the selection is new to the watcher, one that leaves it is gone.</summary>
    private (StoreEventType Type, StoredObject Object)? Seen(StoreEvent change)
    {
        if (selection.IsEverything)
        {
            return (change.Type, change.Object);
        }

        var before = change.Previous is { } previous && selection.Matches(previous);
        var after = change.Type != StoreEventType.Deleted && selection.Matches(change.Object);
        return (before, after) switch
        {
            (false, false) => null,
            (false, true) => (StoreEventType.Added, change.Object),
            (true, true) => (StoreEventType.Modified, change.Object),
            (true, false) when change.Type == StoreEventType.Deleted => (StoreEventType.Deleted, change.Object),
            (true, false) => (
                StoreEventType.Deleted,
                WatchEventBytes.Redated(change.Previous!, change.Object.Revision)
            ),
        };
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        if ((await output.FlushAsync(ct)).IsCompleted)
        {
            throw new OperationCanceledException("The reader has gone.");
        }
    }
}
