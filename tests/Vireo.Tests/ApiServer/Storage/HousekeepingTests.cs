using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>Drives the writer's parts by hand, so that it is known when each of them has run.</summary>
public sealed class HousekeepingTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly Queue<ObsoleteRows> _obsolete = new();
    private StateFile _file = null!;
    private StoreState _state = null!;
    private ChangeFeed _feed = null!;
    private Housekeeping _housekeeping = null!;

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Of_an_object_that_changes_all_the_time_only_the_history_and_the_newest_row_are_kept()
    {
        Open(new StoreLimits { HistoryEvents = 10 });
        Do(Write.Create("a"));

        for (var i = 0; i < 2000; i++)
        {
            Do(Write.Update("a", $"{i}"));
        }

        Tidy();
        Rows().ShouldBe(11);
        Reopen();
        Rows().ShouldBe(11);
        Newest("a").ShouldContain("1999");
        Oldest(ResourceKinds.ConfigMaps).ShouldBe(_state.Revision - 10);
    }

    [Fact]
    public void Nothing_is_left_of_objects_that_are_gone_once_the_history_is_past_them()
    {
        Open(new StoreLimits { HistoryEvents = 2 });

        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            Do(Write.Create(name), Write.Update(name), Write.Delete(name));
        }

        Tidy();
        Rows().ShouldBe(3); // the update and deletion of d, and the state before them
        Reopen();
        _state[ResourceKinds.ConfigMaps].Count.ShouldBe(0);
    }

    [Fact]
    public void Changes_are_let_go_when_they_are_old()
    {
        Open(new StoreLimits { HistoryAge = TimeSpan.FromMinutes(5) });
        Do(Write.Create("a"));
        var created = _state.Revision;
        _time.Advance(TimeSpan.FromMinutes(3));
        Do(Write.Update("a"));
        _time.Advance(TimeSpan.FromMinutes(3));

        Tidy();
        Oldest(ResourceKinds.ConfigMaps).ShouldBe(created);
        _time.Advance(TimeSpan.FromMinutes(3));
        Tidy();
        Oldest(ResourceKinds.ConfigMaps).ShouldBe(_state.Revision);
        Rows().ShouldBe(1);
    }

    [Fact]
    public void The_history_is_bounded_by_the_bytes_that_it_alone_keeps()
    {
        Open(new StoreLimits { HistoryBytes = 100_000 });
        var body = new string('x', 9_000);
        Do([.. Enumerable.Range(0, 50).Select(i => Write.Create($"{i}", body))]);
        Tidy();
        Oldest(ResourceKinds.ConfigMaps).ShouldBe(StoreState.FirstRevision); // new objects cost nothing more

        Do([.. Enumerable.Range(0, 50).Select(i => Write.Update($"{i}", body))]);
        Tidy();
        var held = _state.Revision - Oldest(ResourceKinds.ConfigMaps);
        held.ShouldBeInRange(8, 11);
    }

    [Fact]
    public void A_kind_without_history_has_one_row_for_each_object()
    {
        Open(StoreLimits.Default);
        Do(Write.Create("a", kind: ResourceKinds.Leases), Write.Create("b", kind: ResourceKinds.Leases));

        for (var i = 0; i < 100; i++)
        {
            Do(Write.Update("a", $"{i}", kind: ResourceKinds.Leases));
            Rows().ShouldBe(2);
        }

        Do(Write.Delete("b", kind: ResourceKinds.Leases));
        Rows().ShouldBe(1);
    }

    [Fact]
    public void Rows_that_were_not_removed_before_a_crash_are_removed_after_it()
    {
        Open(new StoreLimits { HistoryEvents = 5 });
        Do(Write.Create("a"));
        Enumerable.Range(0, 50).ToList().ForEach(i => Do(Write.Update("a", $"{i}")));
        _housekeeping.AfterBatch();
        Rows().ShouldBe(51);

        Reopen();
        Tidy();
        Rows().ShouldBe(11);
    }

    [Fact]
    public void The_write_ahead_log_is_moved_into_the_file_when_it_is_large_and_truncated_when_it_is_quiet()
    {
        Open(new StoreLimits { WalBytes = 1 << 20, HistoryEvents = 5 });
        var wal = new FileInfo(_folder.State + "-wal");
        Do(Write.Create("a"));

        for (var i = 0; i < 200; i++)
        {
            Do(Write.Update("a", new string('x', 50_000)));
            _housekeeping.AfterBatch();
        }

        wal.Refresh();
        wal.Length.ShouldBeLessThan(3 << 20);
        Tidy();
        wal.Refresh();
        wal.Length.ShouldBe(0);
    }

    [Fact]
    public void The_file_gives_back_what_it_does_not_use()
    {
        Open(new StoreLimits { HistoryEvents = 5 });
        var names = Enumerable.Range(0, 2000).Select(i => $"{i}").ToList();
        Do([.. names.Select(name => Write.Create(name, new string('x', 4000)))]);
        Tidy();
        var full = new FileInfo(_folder.State).Length;

        Do([.. names.Select(name => Write.Delete(name))]);
        Tidy();
        new FileInfo(_folder.State).Length.ShouldBeLessThan(full / 3);
        Reopen();
        _state[ResourceKinds.ConfigMaps].Count.ShouldBe(0);
    }

    [Fact]
    public void A_long_backlog_is_worked_off_also_while_writes_keep_coming()
    {
        Open(new StoreLimits { HistoryEvents = 5, Backlog = 100 });
        Do(Write.Create("a"));

        for (var i = 0; i < 1000; i++)
        {
            Do(Write.Update("a", $"{i}"));
            _housekeeping.AfterBatch();
        }

        Rows().ShouldBeLessThanOrEqualTo(1 + 5 + 100);
    }

    private void Open(StoreLimits limits)
    {
        _file = StateFile.Open(_folder.State);
        (_state, _feed) = Recovery.Replay(_file, limits, _time, _obsolete, NullLogger.Instance);
        _housekeeping = new Housekeeping(_file, _feed, _obsolete, limits, NullLogger.Instance);
    }

    /// <summary>A restart, with a history of ten changes.</summary>
    private void Reopen()
    {
        _file.Dispose();
        _obsolete.Clear();
        Open(new StoreLimits { HistoryEvents = 10 });
    }

    private void Do(params StoreWrite[] writes)
    {
        var plan = BatchPlan.Of(_state, writes);
        plan.Outcomes.ShouldAllBe(outcome => outcome.Conflict == null);
        _file.Commit(plan.Changes);
        _state = plan.Next;
        _feed.Publish(plan.Changes, plan.Next.Revision);
    }

    private void Tidy()
    {
        var steps = 0;

        while (_housekeeping.Step())
        {
            (++steps).ShouldBeLessThan(1000);
        }
    }

    private int Rows() => _file.ReadLog().Count();

    private string Newest(string name) => _state[ResourceKinds.ConfigMaps].Find("default", name)!.Text();

    private long Oldest(ResourceKind kind) => _feed[kind].Before.Revision;
}
