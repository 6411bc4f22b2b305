using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Sqlite;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>What is still there after the worst, and what the store says when it is not.</summary>
public sealed class StoreDurabilityTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_as_it_was_after_a_restart()
    {
        StoreList before;

        await using (var store = _folder.Open())
        {
            await store.DoAsync(Write.Create("a", "ä\\u0000"));
            await store.DoAsync(Write.Create("n", kind: ResourceKinds.Namespaces, ns: null));
            await store.DoAsync(Write.Create("b", new string('x', 1 << 20)));
            await store.DoAsync(Write.Update("a", "2"));
            before = store.List(ResourceKinds.ConfigMaps, null);
        }

        await using var after = _folder.Open();
        after.Revision.ShouldBe(before.Revision);
        Texts(after.List(ResourceKinds.ConfigMaps, null)).ShouldBe(Texts(before));
        after.Find(ResourceKinds.Namespaces, null, "n").ShouldNotBeNull().Namespace.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_revision_is_never_given_out_again_also_when_nothing_is_left_of_it(bool hasNoHistory)
    {
        var kind = hasNoHistory ? ResourceKinds.Leases : (ResourceKind)ResourceKinds.ConfigMaps;
        StoredObject deleted;

        await using (var store = _folder.Open(new StoreLimits { HistoryEvents = 0, Quiet = TimeSpan.Zero }))
        {
            await store.DoAsync(Write.Create("a", kind: kind));
            deleted = await store.DoAsync(Write.Delete("a", kind: kind));
        }

        using (var file = StateFile.Open(_folder.State))
        {
            file.Remove([new ObsoleteRows(StateOf(kind), deleted.Revision, deleted.Revision - 1, IsDeletion: true)]);
        }

        _folder.CountRows().ShouldBe(0);
        await using var reopened = _folder.Open();
        (await reopened.DoAsync(Write.Create("a", kind: kind))).Revision.ShouldBe(deleted.Revision + 1);
    }

    [Fact]
    public async Task Every_write_that_was_acknowledged_is_in_the_files_that_a_killed_process_leaves()
    {
        await using var store = _folder.Open(new StoreLimits { Quiet = TimeSpan.FromHours(1) });
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<string, StoredObject>();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(() => WriteManyAsync(writer), Ct)).ToList();

        for (var kills = 0; kills < 10; kills++)
        {
            var least = 50 * kills;
            SpinWait.SpinUntil(() => acknowledged.Count >= least, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            var safe = acknowledged.ToArray();
            using var killed = _folder.CopyAsKilled();
            await using var survivor = killed.Open();

            foreach (var (name, stored) in safe)
            {
                var found = survivor.Find(ResourceKinds.ConfigMaps, "default", name).ShouldNotBeNull();
                found.Revision.ShouldBeGreaterThanOrEqualTo(stored.Revision);
            }
        }

        await Task.WhenAll(writers);

        async Task WriteManyAsync(int writer)
        {
            for (var i = 0; i < 800; i++)
            {
                var name = $"w{writer}-{i / 2}";
                acknowledged[name] = await store.DoAsync(i % 2 == 0 ? Write.Create(name) : Write.Update(name));
            }
        }
    }

    [Fact]
    public async Task A_log_that_was_cut_anywhere_opens_with_everything_up_to_a_revision()
    {
        await using (var store = _folder.Open(new StoreLimits { Quiet = TimeSpan.FromHours(1) }))
        {
            for (var i = 0; i < 40; i++)
            {
                await store.DoAsync(Write.Create($"{i:00}", new string('x', 700)));
            }

            using var killed = _folder.CopyAsKilled();
            var random = new Random(1);
            var (most, size) = (0, new FileInfo(killed.State + "-wal").Length);

            foreach (var cut in Enumerable.Range(0, 30).Select(_ => random.NextInt64(size)).Order())
            {
                using var torn = killed.CopyAsKilled();
                using (var wal = File.OpenWrite(torn.State + "-wal"))
                {
                    wal.SetLength(cut);
                }

                await using var survivor = torn.Open();
                var names = survivor.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ToList();
                names.ShouldBe(Enumerable.Range(0, names.Count).Select(i => $"{i:00}"));
                survivor.Revision.ShouldBe(StoreState.FirstRevision + names.Count);
                names.Count.ShouldBeGreaterThanOrEqualTo(most);
                most = names.Count;
            }

            most.ShouldBeGreaterThan(20);
        }
    }

    [Fact]
    public async Task A_file_that_is_broken_anywhere_opens_with_everything_or_is_refused()
    {
        await using (var store = _folder.Open())
        {
            for (var i = 0; i < 60; i++)
            {
                await store.DoAsync(Write.Create($"{i:00}", new string('x', 1500)));
            }
        }

        var whole = await File.ReadAllBytesAsync(_folder.State, Ct);
        var random = new Random(2);
        var refused = 0;

        for (var i = 0; i < 60; i++)
        {
            using var broken = new StoreFolder();
            var (at, length) = (random.Next(whole.Length), random.Next(1, 200));
            byte[] bytes = [.. whole];
            random.NextBytes(bytes.AsSpan(at, Math.Min(length, bytes.Length - at)));
            await File.WriteAllBytesAsync(broken.State, i % 3 == 0 ? whole[..at] : bytes, Ct);

            try
            {
                await using var survivor = broken.Open();

                // An empty file is a new one; otherwise what was broken was no part of what is kept.
                if (at > 0)
                {
                    survivor.List(ResourceKinds.ConfigMaps, null).Items.Count.ShouldBe(60, $"{i}: {length} at {at}");
                }
            }
            catch (StoreException e)
            {
                e.Message.ShouldContain(broken.State);
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task A_batch_that_the_disk_refuses_changes_nothing_and_the_next_one_is_stored()
    {
        await _folder.Open().DisposeAsync();

        using (var db = _folder.OpenFile())
        {
            db.Execute(
                "CREATE TRIGGER broken BEFORE INSERT ON log WHEN NEW.name = 'poison' BEGIN SELECT RAISE(FAIL, 'bad'); END"
            );
        }

        await using var store = _folder.Open();
        var before = await store.DoAsync(Write.Create("before"));
        var watch = store.Watch(ResourceKinds.ConfigMaps, null, before.Revision);
        var names = Enumerable.Range(0, 200).Select(i => i == 100 ? "poison" : $"n{i}").ToList();
        var writes = names.ToDictionary(name => name, name => store.DoAsync(Write.Create(name)));
        await Task.WhenAll(writes.Values).ContinueWith(_ => { }, TaskScheduler.Default);

        var refused = await Should.ThrowAsync<StoreException>(writes["poison"]);
        refused.Message.ShouldStartWith("The change was not stored: ");
        refused.IsTransient.ShouldBeFalse();
        var stored = names.Where(name => writes[name].IsCompletedSuccessfully).Order(StringComparer.Ordinal).ToList();
        await store.DoAsync(Write.Create("~after"));
        string[] expected = ["before", .. stored, "~after"];

        store.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ShouldBe(expected);
        watch.ReadAll().Select(change => change.Object.Name).ShouldBe(expected[1..], ignoreOrder: true);
        await store.DisposeAsync();
        await using var reopened = _folder.Open();
        reopened.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ShouldBe(expected);
    }

    [Fact]
    public async Task A_full_disk_may_have_room_later()
    {
        await _folder.Open().DisposeAsync();
        using var db = _folder.OpenFile();
        db.ReadInt64("PRAGMA max_page_count=1");
        var full = Should.Throw<SqliteException>(() =>
            db.Execute("INSERT INTO log VALUES (1, 1, 'n', 'n', 0, 0, zeroblob(1000000))")
        );

        var refused = StoreException.NotStored(full);
        refused.IsTransient.ShouldBeTrue();
        refused.Message.ShouldContain("Free space");
    }

    [Fact]
    public async Task Objects_of_a_kind_that_is_not_served_are_kept()
    {
        await using (var store = _folder.Open())
        {
            await store.DoAsync(Write.Create("a"));
            await store.DoAsync(Write.Create("b"));
        }

        using (var db = _folder.OpenFile())
        {
            var sum = Checksum.Of(new(9, "things.example.com", null, "t", IsDeleted: false), "{}"u8);
            db.Execute(
                "INSERT INTO kinds VALUES (99, 'things.example.com', 0); "
                    + $"INSERT INTO log VALUES (9, 99, NULL, 't', 0, {sum}, CAST('{{}}' AS BLOB))"
            );
        }

        await using (var store = _folder.Open())
        {
            store.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ShouldBe(["a", "b"]);
            (await store.DoAsync(Write.Create("c"))).Revision.ShouldBe(10);
        }

        _folder.CountRows().ShouldBe(4);
    }

    private static int StateOf(ResourceKind kind) => StoreState.PositionOf(kind);

    private static IEnumerable<string> Texts(StoreList list) => list.Items.Select(item => item.Text());
}
