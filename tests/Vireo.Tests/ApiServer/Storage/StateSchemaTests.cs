using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Sqlite;

namespace Vireo.Tests.ApiServer.Storage;

/// <summary>Files that the store does not open, and what it says then; and who may open its own.</summary>
public sealed class StateSchemaTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_state_of_a_newer_Vireo_is_refused_and_left_alone()
    {
        await _folder.Open().DisposeAsync();

        using (var db = _folder.OpenFile())
        {
            db.UserVersion = StateSchema.Version + 2;
        }

        Refusal()
            .ShouldStartWith(
                $"The state in {_folder.State} was written by a newer Vireo (schema {StateSchema.Version + 2}, "
                    + $"this one knows {StateSchema.Version}): "
            );
        using var after = _folder.OpenFile();
        after.UserVersion.ShouldBe(StateSchema.Version + 2);
    }

    [Fact]
    public void The_database_of_another_program_is_refused()
    {
        using (var db = SqliteConnection.Open(_folder.State, SqliteOpenMode.ReadWriteCreate))
        {
            db.Execute("CREATE TABLE theirs (id)");
        }

        Refusal().ShouldContain("the database of another program");
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(_folder.State, new string('x', 10_000));
        Refusal().ShouldStartWith($"The state in {_folder.State} is damaged: ");
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var path = Path.Combine(_folder.Folder, "none", "state.db");
        var refused = Should.Throw<StoreException>(() =>
            ResourceStore.Open(path, TimeProvider.System, NullLogger.Instance)
        );
        refused.Message.ShouldStartWith($"The state in {path} cannot be made: ");
    }

    [Fact]
    public async Task A_state_that_is_in_use_is_refused()
    {
        await using var store = _folder.Open();
        Refusal().ShouldContain("is in use: stop the other Vireo");
    }

    [Fact]
    public async Task A_damaged_page_is_found_at_start()
    {
        await FillAsync();

        using (var file = File.OpenWrite(_folder.State))
        {
            file.Seek(-8192 * 3, SeekOrigin.End);
            file.Write(new byte[200]);
        }

        Refusal().ShouldStartWith($"The state in {_folder.State} is damaged: ");
    }

    [Fact]
    public async Task A_bit_that_fell_over_in_an_object_is_found_at_start()
    {
        await FillAsync();
        var bytes = File.ReadAllBytes(_folder.State);
        var at = bytes.AsSpan().IndexOf(new string('x', 1000).Select(c => (byte)c).ToArray());
        bytes[at + 500] ^= 1;
        File.WriteAllBytes(_folder.State, bytes);

        var refusal = Refusal();
        refusal.ShouldContain("checksum");
        refusal.ShouldContain("restore a backup");
    }

    [Fact]
    public async Task Nobody_else_may_read_the_file_because_secrets_are_in_it()
    {
        await using var store = _folder.Open();
        await store.DoAsync(Write.Create("a", kind: ResourceKinds.Secrets));

        foreach (var file in Directory.EnumerateFiles(_folder.Folder))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    private string Refusal() => Should.Throw<StoreException>(() => _folder.Open()).Message;

    private async Task FillAsync()
    {
        await using var store = _folder.Open();
        await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => store.DoAsync(Write.Create($"{i}", new string('x', 2000))))
        );
    }
}
