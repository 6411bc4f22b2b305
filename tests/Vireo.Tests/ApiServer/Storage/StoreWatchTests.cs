using System.IO.Pipelines;
using Vireo.Api;
using Vireo.ApiServer.Printing;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

public sealed class StoreWatchTests : IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private ResourceStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = _folder.Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_watch_begins_with_what_happened_after_its_revision()
    {
        var first = await _store.DoAsync(Write.Create("a", "1"));
        var second = await _store.DoAsync(Write.Update("a", "2"));
        var third = await _store.DoAsync(Write.Delete("a"));

        var changes = _store.Watch(ResourceKinds.ConfigMaps, null, first.Revision).ReadAll();

        changes.ShouldBe([
            new StoreEvent(StoreEventType.Modified, second, first),
            new StoreEvent(StoreEventType.Deleted, third, second),
        ]);
    }

    [Fact]
    public async Task A_watch_goes_on_with_what_happens_while_it_waits()
    {
        var changes = _store.WatchAsync(ResourceKinds.ConfigMaps, null, _store.Revision, Ct).GetAsyncEnumerator(Ct);
        var next = changes.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();

        var created = await _store.DoAsync(Write.Create("a"));

        (await next).ShouldBeTrue();
        changes.Current.ShouldBe(new StoreEvent(StoreEventType.Added, created, null));
        await _store.DisposeAsync();
        (await changes.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_between_looking_and_waiting_ends_the_wait()
    {
        var watch = _store.Watch(ResourceKinds.ConfigMaps, null, _store.Revision);
        watch.TryRead(out _).ShouldBeFalse();
        await _store.DoAsync(Write.Create("a"));

        var wait = watch.WaitAsync(Ct);

        wait.IsCompleted.ShouldBeTrue();
        (await wait).ShouldBeTrue();
        watch.TryRead(out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_sees_its_kind_and_namespace_and_no_other()
    {
        var start = _store.Revision;
        await _store.DoAsync(Write.Create("a", ns: "one"));
        await _store.DoAsync(Write.Create("b", ns: "two"));
        await _store.DoAsync(Write.Create("c", ns: "one", kind: ResourceKinds.Secrets));

        Seen(ResourceKinds.ConfigMaps, null).ShouldBe(["Added one/a@2", "Added two/b@3"]);
        Seen(ResourceKinds.ConfigMaps, "two").ShouldBe(["Added two/b@3"]);
        Seen(ResourceKinds.Secrets, "one").ShouldBe(["Added one/c@4"]);
        Seen(ResourceKinds.Leases, null).ShouldBeEmpty();

        IEnumerable<string> Seen(ResourceKind kind, string? ns) =>
            _store.Watch(kind, ns, start).ReadAll().Select(change => change.Brief());
    }

    [Fact]
    public async Task What_a_watch_is_told_can_be_read_at_once()
    {
        var watch = _store.WatchAsync(ResourceKinds.ConfigMaps, null, _store.Revision, Ct);
        var writer = Task.Run(() => Task.WhenAll(Names(500).Select(name => _store.DoAsync(Write.Create(name)))), Ct);
        var seen = 0;

        await foreach (var change in watch)
        {
            _store.Revision.ShouldBeGreaterThanOrEqualTo(change.Revision);
            _store.Find(ResourceKinds.ConfigMaps, "default", change.Object.Name).ShouldBeSameAs(change.Object);

            if (++seen == 500)
            {
                break;
            }
        }

        await writer;
    }

    [Fact]
    public async Task A_watch_knows_how_far_it_is_also_when_only_other_kinds_change()
    {
        var watch = _store.Watch(ResourceKinds.ConfigMaps, "one", _store.Revision);
        var mine = await _store.DoAsync(Write.Create("a", ns: "one"));
        var other = await _store.DoAsync(Write.Create("b", kind: ResourceKinds.Secrets));

        watch.TryRead(out _).ShouldBeTrue();
        watch.Position.ShouldBe(mine.Revision);
        watch.TryRead(out _).ShouldBeFalse();
        watch.Position.ShouldBe(other.Revision);
    }

    [Fact]
    public async Task A_watch_goes_on_over_a_restart_where_it_was()
    {
        var first = await _store.DoAsync(Write.Create("a", "1"));
        await _store.DoAsync(Write.Update("a", "2"));
        await _store.DoAsync(Write.Create("b"));
        await _store.DoAsync(Write.Delete("a"));
        var before = Seen();

        await _store.DisposeAsync();
        _store = _folder.Open();

        Seen().ShouldBe(before);
        before.Count.ShouldBe(3);

        List<string> Seen() =>
            [
                .. _store
                    .Watch(ResourceKinds.ConfigMaps, null, first.Revision)
                    .ReadAll()
                    .Select(change => $"{change.Brief()} {change.Object.Text()} was {change.Previous?.Text()}"),
            ];
    }

    [Fact]
    public async Task A_watch_of_a_kind_without_history_starts_over_after_a_restart_unless_it_saw_everything()
    {
        var lease = await _store.DoAsync(Write.Create("a", kind: ResourceKinds.Leases));
        var renewed = await _store.DoAsync(Write.Update("a", kind: ResourceKinds.Leases));
        _store.Watch(ResourceKinds.Leases, null, lease.Revision).ReadAll().Count.ShouldBe(1);

        await _store.DisposeAsync();
        _store = _folder.Open();

        Should
            .Throw<RevisionExpiredException>(() => _store.Watch(ResourceKinds.Leases, null, lease.Revision))
            .Oldest.ShouldBe(renewed.Revision);
        _store.Watch(ResourceKinds.Leases, null, renewed.Revision).ReadAll().ShouldBeEmpty();
        _store.Find(ResourceKinds.Leases, "default", "a").ShouldNotBeNull().Text().ShouldBe(renewed.Text());
    }

    [Fact]
    public async Task A_watch_from_before_the_history_is_told_the_oldest_revision_it_can_have()
    {
        await ReopenAsync(new StoreLimits { HistoryEvents = 3 });
        var start = _store.Revision;

        foreach (var name in Names(5))
        {
            await _store.DoAsync(Write.Create(name));
        }

        // The writer lets go right after it answered, so ask for the newest to be sure it has.
        await Eventually(() => Expired(start + 1));
        Expired(start + 2).ShouldBeFalse();
        var expired = await Should.ThrowAsync<RevisionExpiredException>(async () =>
            await _store.WatchAsync(ResourceKinds.ConfigMaps, null, start, Ct).GetAsyncEnumerator(Ct).MoveNextAsync()
        );
        expired.Oldest.ShouldBe(start + 2);
        expired.Message.ShouldContain($"{start} ({start + 2})");
        _store.Watch(ResourceKinds.ConfigMaps, null, expired.Oldest).ReadAll().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Other_kinds_do_not_push_changes_out_of_a_history()
    {
        await ReopenAsync(new StoreLimits { HistoryEvents = 3 });
        var start = _store.Revision;
        await _store.DoAsync(Write.Create("a"));
        await Task.WhenAll(Names(50).Select(name => _store.DoAsync(Write.Create(name, kind: ResourceKinds.Secrets))));

        _store.Watch(ResourceKinds.ConfigMaps, null, start).ReadAll().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_that_reads_too_slowly_ends_and_the_others_do_not_notice()
    {
        await ReopenAsync(new StoreLimits { HistoryEvents = 10 });
        var slow = _store.Watch(ResourceKinds.ConfigMaps, null, _store.Revision);
        var quick = _store.Watch(ResourceKinds.ConfigMaps, null, _store.Revision);
        var read = 0;

        foreach (var name in Names(100))
        {
            await _store.DoAsync(Write.Create(name));
            read += quick.ReadAll().Count;
        }

        read.ShouldBe(100);
        Should.Throw<RevisionExpiredException>(() => slow.TryRead(out _));
    }

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"name-{i}");

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));

        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private bool Expired(long revision)
    {
        try
        {
            _store.Watch(ResourceKinds.ConfigMaps, null, revision);
            return false;
        }
        catch (RevisionExpiredException)
        {
            return true;
        }
    }

    private async Task ReopenAsync(StoreLimits limits)
    {
        await _store.DisposeAsync();
        _store = _folder.Open(limits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_of_which_nothing_is_to_be_told_waits_and_does_not_ask_again_and_again(bool bookmarks)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changes = _store.Watch(ResourceKinds.ConfigMaps, null, _store.Revision);
        var stream = new WatchStream(
            PipeWriter.Create(Stream.Null),
            ResourceKinds.ConfigMaps,
            new Selection(null, null),
            WholeForm.Instance
        );

        // One that spins never comes back from the call.
        var called = Task.Run(() => (object)stream.FollowAsync(changes, bookmarks, TimeProvider.System, end.Token), Ct);
        var follow = (Task)await called.WaitAsync(TimeSpan.FromSeconds(20), Ct);

        follow.IsCompleted.ShouldBeFalse();
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(follow);
    }

    /// <summary>A flush that is given up may leave out what TLS has counted: no client reads on after that.</summary>
    [Fact]
    public async Task A_watch_that_ends_sends_first_what_it_began_to_send()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        // What ends the flush is followed on the spot: a watch that gave it up would have ended.
        var pipe = new Pipe(
            new(
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: 2,
                resumeWriterThreshold: 1,
                useSynchronizationContext: false
            )
        );
        var created = await _store.DoAsync(Write.Create("a"));
        var changes = _store.Watch(ResourceKinds.ConfigMaps, null, created.Revision - 1);
        var stream = new WatchStream(
            pipe.Writer,
            ResourceKinds.ConfigMaps,
            new Selection(null, null),
            WholeForm.Instance
        );

        var follow = stream.FollowAsync(changes, bookmarks: false, TimeProvider.System, end.Token);
        await end.CancelAsync();
        follow.IsCompleted.ShouldBeFalse("the reader has not taken what is being sent");

        var sent = await pipe.Reader.ReadAsync(Ct);
        sent.Buffer.Slice(sent.Buffer.Length - 1).FirstSpan[0].ShouldBe((byte)'\n', "an event is whole");
        pipe.Reader.AdvanceTo(sent.Buffer.End);
        await Should.ThrowAsync<OperationCanceledException>(follow);
    }
}
