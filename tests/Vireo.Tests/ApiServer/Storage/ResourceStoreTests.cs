using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>What every writer and reader may rely on.</summary>
public sealed class ResourceStoreTests : IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private ResourceStore _store = null!;

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
    public async Task A_created_object_is_found_with_its_revision_in_its_metadata()
    {
        var created = await _store.DoAsync(Write.Create("a", "x"));

        created.Revision.ShouldBe(_store.Revision);
        created.Text().ShouldBe($$"""{"metadata":{"resourceVersion":"{{created.Revision}}","name":"a"},"body":"x"}""");
        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeSameAs(created);
    }

    [Fact]
    public void An_empty_store_has_a_revision_that_a_client_can_watch_from()
    {
        _store.Revision.ShouldBeGreaterThan(0);
        var list = _store.List(ResourceKinds.ConfigMaps, null);
        list.Items.ShouldBeEmpty();
        _store.Watch(ResourceKinds.ConfigMaps, null, list.Revision).TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_object_is_another_in_another_kind_namespace_or_name()
    {
        var created = await _store.DoAsync(Write.Create("a"));
        await _store.DoAsync(Write.Create("a", ns: "other"));
        await _store.DoAsync(Write.Create("a", kind: ResourceKinds.Secrets));
        await _store.DoAsync(Write.Create("A"));

        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeSameAs(created);
        _store.Find(ResourceKinds.ConfigMaps, "default", "b").ShouldBeNull();
        _store.Find(ResourceKinds.VirtualMachines, "default", "a").ShouldBeNull();
    }

    [Fact]
    public async Task Every_write_of_any_kind_takes_the_next_number_of_one_counter()
    {
        var before = _store.Revision;
        var revisions = new List<long>
        {
            (await _store.DoAsync(Write.Create("a"))).Revision,
            (await _store.DoAsync(Write.Create("a", kind: ResourceKinds.Leases))).Revision,
            (await _store.DoAsync(Write.Update("a"))).Revision,
            (await _store.DoAsync(Write.Delete("a"))).Revision,
            (await _store.DoAsync(Write.Create("n", kind: ResourceKinds.Namespaces, ns: null))).Revision,
        };

        revisions.ShouldBe(Enumerable.Range(1, 5).Select(i => before + i));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_and_the_one_that_has_it_is_shown()
    {
        var there = await _store.DoAsync(Write.Create("a"));
        var conflict = await Should.ThrowAsync<StoreConflictException>(_store.DoAsync(Write.Create("a")));

        conflict.Reason.ShouldBe(StoreConflictReason.AlreadyExists);
        conflict.Current.ShouldBeSameAs(there);
        _store.Revision.ShouldBe(there.Revision);
    }

    [Fact]
    public async Task What_does_not_exist_can_be_neither_changed_nor_deleted()
    {
        foreach (var write in (StoreWrite[])[Write.Update("a"), Write.Delete("a"), Write.Update("a", expected: 1)])
        {
            var conflict = await Should.ThrowAsync<StoreConflictException>(_store.DoAsync(write));
            conflict.Reason.ShouldBe(StoreConflictReason.NotFound);
            conflict.Current.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_write_that_expects_an_older_revision_is_refused()
    {
        var first = await _store.DoAsync(Write.Create("a"));
        var second = await _store.DoAsync(Write.Update("a", "2", expected: first.Revision));

        foreach (var late in (StoreWrite[])[Write.Update("a", "3", first.Revision), Write.Delete("a", first.Revision)])
        {
            var conflict = await Should.ThrowAsync<StoreConflictException>(_store.DoAsync(late));
            conflict.Reason.ShouldBe(StoreConflictReason.RevisionMismatch);
            conflict.Current.ShouldBeSameAs(second);
        }

        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeSameAs(second);
    }

    [Fact]
    public async Task A_deletion_returns_the_last_state_at_its_own_revision()
    {
        var created = await _store.DoAsync(Write.Create("a"));
        var deleted = await _store.DoAsync(Write.Delete("a", created.Revision));

        deleted.Revision.ShouldBe(created.Revision + 1);
        deleted.Text().ShouldContain($"\"resourceVersion\":\"{deleted.Revision}\"");
        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeNull();
        _store.List(ResourceKinds.ConfigMaps, null).ShouldBeEquivalentTo(new StoreList(deleted.Revision, []));
    }

    [Fact]
    public async Task A_list_is_sorted_by_namespace_and_name_and_can_be_of_one_namespace()
    {
        foreach (var (ns, name) in new[] { ("b", "a"), ("a", "z"), ("a-b", "a"), ("a", "Z"), ("a", "a1"), ("c", "a") })
        {
            await _store.DoAsync(Write.Create(name, ns: ns));
        }

        Names(null).ShouldBe(["a/Z", "a/a1", "a/z", "a-b/a", "b/a", "c/a"]);
        Names("a").ShouldBe(["a/Z", "a/a1", "a/z"]);
        Names("c").ShouldBe(["c/a"]);
        Names("0").ShouldBeEmpty();
        Names("d").ShouldBeEmpty();

        IEnumerable<string> Names(string? ns) =>
            _store.List(ResourceKinds.ConfigMaps, ns).Items.Select(item => $"{item.Namespace}/{item.Name}");
    }

    [Fact]
    public async Task A_list_stays_as_it_was_when_objects_change()
    {
        await _store.DoAsync(Write.Create("a"));
        await _store.DoAsync(Write.Create("b"));
        var list = _store.List(ResourceKinds.ConfigMaps, null);
        var before = list.Items.ToArray();

        await _store.DoAsync(Write.Update("a", "2"));
        await _store.DoAsync(Write.Delete("b"));
        await _store.DoAsync(Write.Create("c"));

        list.Items.ShouldBe(before);
        _store.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Of_many_who_create_the_same_name_one_succeeds()
    {
        var writes = Enumerable.Range(0, 50).Select(i => _store.DoAsync(Write.Create("a", $"{i}"))).ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);

        var winner = writes.Where(write => write.IsCompletedSuccessfully).ShouldHaveSingleItem();
        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeSameAs(await winner);
    }

    [Fact]
    public async Task A_write_that_was_withdrawn_before_its_turn_is_not_done()
    {
        var write = _store.WriteAsync(Write.Create("a"), new CancellationToken(canceled: true));
        await Should.ThrowAsync<OperationCanceledException>(write);
        await _store.DoAsync(Write.Create("b"));
        _store.Find(ResourceKinds.ConfigMaps, "default", "a").ShouldBeNull();
    }

    [Fact]
    public async Task Closing_finishes_the_writes_that_wait_and_refuses_later_ones()
    {
        var writes = Enumerable.Range(0, 100).Select(i => _store.DoAsync(Write.Create($"{i}"))).ToList();
        await _store.DisposeAsync();
        await Task.WhenAll(writes);

        var late = await Should.ThrowAsync<StoreException>(_store.DoAsync(Write.Create("late")));
        late.IsTransient.ShouldBeTrue();
        late.Message.ShouldContain("stopping");
    }

    [Fact]
    public async Task A_write_that_cannot_be_stamped_is_a_bug_and_harms_nobody()
    {
        var write = Write.Create("a");
        Should.Throw<ArgumentOutOfRangeException>(() =>
        {
            _ = _store.DoAsync(write with { VersionOffset = write.Json.Length });
        });
        Should.Throw<ArgumentException>(() =>
        {
            _ = _store.DoAsync(write with { Kind = ResourceKinds.ConfigMaps with { Kind = "Unheard" } });
        });
        await Should.ThrowAsync<ArgumentException>(_store.DoAsync(write with { Name = "half a pair: \ud800" }));
        await _store.DoAsync(write);
    }
}
