using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>Watches while many write.</summary>
public sealed class StoreWatchLoadTests : IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private ResourceStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_is_lost_doubled_or_out_of_order_between_past_and_present_under_load()
    {
        _store = _folder.Open(new StoreLimits { HistoryEvents = 1_000_000, HistoryBytes = long.MaxValue });
        var start = _store.Revision;
        const int writers = 8;
        const int each = 400;
        var last = start + (writers * each);

        var writing = Task.WhenAll(
            Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteManyAsync(writer, each), Ct))
        );
        var watching = new List<Task<List<StoreEvent>>>();

        while (!writing.IsCompleted && watching.Count < 60)
        {
            // From the start, and from wherever the store is right now.
            watching.Add(Task.Run(() => FollowAsync(start, null, last), Ct));
            watching.Add(Task.Run(() => FollowAsync(_store.Revision, null, last), Ct));
            watching.Add(Task.Run(() => FollowAsync(start, "ns-1", last), Ct));
            await Task.WhenAny(writing, _store.DoAsync(Write.Update("none")).ContinueWith(_ => { }, Ct));
        }

        await writing;
        var all = _store.Watch(ResourceKinds.ConfigMaps, null, start).ReadAll();
        all.Select(change => change.Revision).ShouldBe(Enumerable.Range(1, writers * each).Select(i => start + i));

        foreach (var seen in await Task.WhenAll(watching))
        {
            var isPart = seen.Count > 0 && seen.TrueForAll(change => change.Object.Namespace == "ns-1");
            var expected = all.Where(change => !isPart || change.Object.Namespace == "ns-1").TakeLast(seen.Count);
            seen.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_watch_that_starts_or_lags_while_the_history_moves_on_skips_nothing()
    {
        _store = _folder.Open(new StoreLimits { HistoryEvents = 20 });
        var writing = Task.WhenAll(
            Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteManyAsync(writer, 1000), Ct))
        );
        var read = 0;

        while (!writing.IsCompleted)
        {
            var last = _store.Revision;

            try
            {
                var watch = _store.Watch(ResourceKinds.ConfigMaps, null, last);

                for (var reads = 0; reads < 100 && !writing.IsCompleted; reads++)
                {
                    await Task.Yield();

                    while (watch.TryRead(out var change))
                    {
                        change.Revision.ShouldBe(++last);
                        read++;
                    }
                }
            }
            catch (RevisionExpiredException expired)
            {
                expired.Oldest.ShouldBeGreaterThan(last);
            }
        }

        await writing;
        read.ShouldBeGreaterThan(0);
    }

    private async Task WriteManyAsync(int writer, int count)
    {
        var ns = $"ns-{writer % 3}";
        var name = $"w{writer}";

        for (var i = 0; i < count; i++)
        {
            await _store.DoAsync(
                (i % 4) switch
                {
                    0 => Write.Create(name, ns: ns),
                    3 => Write.Delete(name, ns: ns),
                    _ => Write.Update(name, ns: ns),
                }
            );
        }
    }

    /// <summary>Follows until the last write, or for a namespace until the store has no more for it.</summary>
    private async Task<List<StoreEvent>> FollowAsync(long after, string? ns, long last)
    {
        var watch = _store.Watch(ResourceKinds.ConfigMaps, ns, after);
        var seen = new List<StoreEvent>();

        do
        {
            seen.AddRange(watch.ReadAll());
        } while (watch.Position < last && await watch.WaitAsync(Ct));

        return seen;
    }
}
