using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Sqlite;
using Vireo.Tests.House;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>States that older Vireos wrote, opened by this one.</summary>
public sealed class SchemaUpgradeTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_state_of_schema_1_is_all_there_and_goes_on()
    {
        Write1();
        await using (var store = _folder.Open())
        {
            store.Revision.ShouldBe(123);
            store.Find(ResourceKinds.ConfigMaps, "default", "a")!.Text().ShouldContain("\"x\":\"y\"");
            store.Find(ResourceKinds.ConfigMaps, "default", "b").ShouldBeNull();
            store.Find(ResourceKinds.Secrets, "default", "s").ShouldNotBeNull();
            store.Find(ResourceKinds.Leases, "default", "l").ShouldNotBeNull();
            store.Find(ResourceKinds.VirtualMachines, "default", "vm")!.Revision.ShouldBe(123);
            store.List(ResourceKinds.Namespaces, null).Items.Count.ShouldBe(4);
            var changes = store.Watch(ResourceKinds.ConfigMaps, null, 116).ReadAll();
            changes
                .Select(change => (change.Type, change.Revision))
                .ShouldBe([(StoreEventType.Added, 117), (StoreEventType.Modified, 118), (StoreEventType.Deleted, 119)]);
            (await store.DoAsync(Write.Create("new"))).Revision.ShouldBe(124);
        }

        await using var again = _folder.Open();
        again.Revision.ShouldBe(124);
        again.List(ResourceKinds.ConfigMaps, null).Items.Select(item => item.Name).ShouldBe(["a", "new"]);
    }

    [Fact]
    public async Task The_file_as_it_was_is_kept_for_the_older_Vireo()
    {
        Write1();
        await _folder.Open().DisposeAsync();

        var kept = SchemaUpgrade.Kept(_folder.State, 1);
        using var db = SqliteConnection.Open(kept, SqliteOpenMode.ReadWrite);
        db.UserVersion.ShouldBe(1);
        db.ReadInt64("SELECT max(revision) FROM log").ShouldBe(123);
        File.GetUnixFileMode(kept).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var now = _folder.OpenFile();
        now.UserVersion.ShouldBe(StateSchema.Version);
    }

    [Fact]
    public void A_state_of_schema_1_that_is_damaged_is_refused_as_it_is()
    {
        Write1();
        using (var db = _folder.OpenFile())
        {
            db.Execute("UPDATE log SET json = CAST('{}' AS BLOB) WHERE revision = 120");
        }

        Should
            .Throw<StoreException>(() => _folder.Open())
            .Message.ShouldContain("the checksum of row 120 of the log is wrong");
        using var after = _folder.OpenFile();
        after.UserVersion.ShouldBe(1);
    }

    [Theory]
    [InlineData("name = 'c'")]
    [InlineData("namespace = 'other'")]
    [InlineData("namespace = NULL")]
    [InlineData("kind = (SELECT id FROM kinds WHERE resource = 'secrets')")]
    [InlineData("kind = 9999")]
    [InlineData("deleted = 1")]
    [InlineData("revision = 77")]
    public async Task Whatever_of_a_row_falls_over_is_found_at_start(string change)
    {
        await using (var store = _folder.Open())
        {
            await store.DoAsync(Write.Create("a"));
        }

        using (var db = _folder.OpenFile())
        {
            db.Execute($"UPDATE log SET {change}");
        }

        var refused = Should.Throw<StoreException>(() => _folder.Open());
        refused.Message.ShouldContain("checksum");
        refused.Message.ShouldContain($"vireo backup restore FILE --state-dir {_folder.Folder} --replace");
    }

    private void Write1()
    {
        using var db = SqliteConnection.Open(_folder.State, SqliteOpenMode.ReadWriteCreate);
        db.Execute(Repository.Read("tests/Vireo.Tests/ApiServer/Storage/schema-1.sql"));
    }
}
