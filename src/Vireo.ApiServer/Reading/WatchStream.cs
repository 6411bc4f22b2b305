using System.IO.Pipelines;
using Vireo.Api;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>The events one watcher gets, in order: a change becomes what it means to the watcher's selection.</summary>
internal sealed class WatchStream(PipeWriter output, ResourceKind kind, Selection selection, OutputForm form)
{
    /// <summary>Small events travel together; larger amounts are sent at once.</summary>
    private const int FlushFromBytes = 64 * 1024;

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
            if (output.UnflushedBytes > FlushFromBytes)
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

    /// <summary>Sends changes until the store closes; in between, if asked, tells how far the watch is.</summary>
    public async Task FollowAsync(StoreWatch changes, bool bookmarks, TimeProvider time, CancellationToken ct)
    {
        var pause = bookmarks ? Task.Delay(BetweenBookmarks, time, ct) : null;
        Task<bool> more;
        do
        {
            await SendAsync(changes, ct);
            more = changes.WaitAsync(ct).AsTask();
            while (pause is not null && await Task.WhenAny(more, pause) == pause && !more.IsCompleted)
            {
                await pause;
                await SendAsync(changes, ct);
                WatchEventBytes.WriteBookmark(output, kind, changes.Position, endsInitial: false, form);
                await FlushAsync(ct);
                pause = Task.Delay(BetweenBookmarks, time, ct);
            }
        } while (await more);
    }

    public async Task ErrorAsync(Status status, CancellationToken ct)
    {
        WatchEventBytes.WriteError(output, status);
        await FlushAsync(ct);
    }

    /// <summary>Sends all the changes there are now.</summary>
    private async Task SendAsync(StoreWatch changes, CancellationToken ct)
    {
        while (changes.TryRead(out var change))
        {
            if (Seen(change) is not var (type, stored))
            {
                continue;
            }

            WatchEventBytes.Write(output, type, stored, form);
            if (output.UnflushedBytes > FlushFromBytes)
            {
                await FlushAsync(ct);
            }
        }

        if (output.UnflushedBytes > 0)
        {
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

    /// <remarks>
    /// Not given up halfway when the watch ends: TLS counts its records, and after one that was made and not sent the
    /// client can read no other. A reader that has gone ends it.
    /// </remarks>
    private async Task FlushAsync(CancellationToken ct)
    {
        if ((await output.FlushAsync(CancellationToken.None)).IsCompleted)
        {
            throw new OperationCanceledException("The reader has gone.");
        }

        ct.ThrowIfCancellationRequested();
    }
}
