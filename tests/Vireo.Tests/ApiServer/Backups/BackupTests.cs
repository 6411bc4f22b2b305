using System.Net;
using Vireo.ApiServer.Backups;

namespace Vireo.Tests.ApiServer.Backups;

/// <summary>Backups of a server that works on, and what becomes of one when it is restored.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-backup-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_folder, "backup.tar");

    private string Restored => Path.Combine(_folder, "restored");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_backup_under_load_has_every_write_up_to_its_revision_and_none_after_it()
    {
        await using var server = await RunningServer.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var revisions = new List<long>[4];
        var first = new TaskCompletionSource();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(writer), Ct)).ToList();
        await first.Task.WaitAsync(Ct);

        await SaveAsync(server);
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var summary = await StateBackup.VerifyAsync(Archive, Ct);
        var expected = revisions.Sum(all => all.Count(revision => revision <= summary.Revision));
        expected.ShouldBeGreaterThan(3);
        (summary.Objects["configmaps"] - 1).ShouldBe(expected, "one config map is the server's own");

        async Task WriteAsync(int writer)
        {
            revisions[writer] = [];
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var made = await server.MakeAsync($"w{writer}-{i}", data: $$"""{"k":"{{new string('x', 3000)}}"}""");
                revisions[writer].Add(long.Parse(made["metadata"]!["resourceVersion"]!.ToString(), null));
                if (i == 5)
                {
                    first.TrySetResult();
                }
            }
        }
    }

    [Fact]
    public async Task A_restored_server_has_the_objects_and_the_identity_and_no_client_can_miss_what_it_lost()
    {
        string thumb;
        long known;
        await using (var server = await RunningServer.StartAsync(folder: Path.Combine(_folder, "first")))
        {
            await server.MakeAsync("kept");
            await server.MakeAsync("deleted");
            await server.DeleteAsync($"{RunningServer.ConfigMaps}/deleted");
            await SaveAsync(server);
            var lost = await server.MakeAsync("lost");
            known = long.Parse(lost["metadata"]!["resourceVersion"]!.ToString(), null);
            thumb = await File.ReadAllTextAsync(Path.Combine(server.Folder, "pki", "ca.crt"), Ct);
        }

        var summary = await RestoreAsync(Restored);
        summary.Revision.ShouldBeLessThan(known);
        await using var again = await RunningServer.StartAsync(folder: Restored);

        (await again.GetAsync($"{RunningServer.ConfigMaps}/kept")).Code.ShouldBe(HttpStatusCode.OK);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/lost")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/deleted")).Code.ShouldBe(HttpStatusCode.NotFound);
        (await File.ReadAllTextAsync(Path.Combine(Restored, "pki", "ca.crt"), Ct)).ShouldBe(thumb);
        var made = await again.MakeAsync("after");
        long.Parse(made["metadata"]!["resourceVersion"]!.ToString(), null).ShouldBeGreaterThan(known + 1000);

        // Whoever saw what was lost is told to look again, and does not go on as if nothing had been.
        using var watch = await again.WatchAsync($"{RunningServer.ConfigMaps}?resourceVersion={known}");
        var end = await watch.NextAsync();
        end!["type"]!.ToString().ShouldBe("ERROR");
        end["object"]!["code"]!.GetValue<int>().ShouldBe(410);
    }

    [Fact]
    public async Task A_state_that_is_there_is_replaced_only_when_asked_and_is_put_aside()
    {
        await using (var server = await RunningServer.StartAsync(folder: Restored))
        {
            await server.MakeAsync("old");
            await SaveAsync(server);
            await server.MakeAsync("newer");
            (
                await Should.ThrowAsync<Vireo.ApiServer.ApiServerStartException>(() => RestoreAsync(Restored, true))
            ).Message.ShouldContain("in use by another vireo");
        }

        (await Should.ThrowAsync<BackupException>(() => RestoreAsync(Restored))).Message.ShouldContain("--replace");
        await RestoreAsync(Restored, replaces: true);

        var aside = Directory.GetDirectories(Restored, "replaced-*").ShouldHaveSingleItem();
        File.Exists(Path.Combine(aside, "vireo.db")).ShouldBeTrue();
        File.Exists(Path.Combine(aside, "pki", "ca.key")).ShouldBeTrue();
        Directory.GetFiles(Restored, "*restoring*").ShouldBeEmpty();
        await using var again = await RunningServer.StartAsync(folder: Restored);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/old")).Code.ShouldBe(HttpStatusCode.OK);
        (await again.GetAsync($"{RunningServer.ConfigMaps}/newer")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_keeps_a_server_from_starting_empty()
    {
        await using (var server = await RunningServer.StartAsync())
        {
            await SaveAsync(server);
        }

        await RestoreAsync(Restored);
        var database = Path.Combine(Restored, "vireo.db");
        File.Move(database, database + ".restoring");

        var refused = await Should.ThrowAsync<Vireo.ApiServer.ApiServerStartException>(() =>
            RunningServer.StartAsync(folder: Restored)
        );
        refused.Message.ShouldContain("vireo backup restore");
        await RestoreAsync(Restored);
        await (await RunningServer.StartAsync(folder: Restored)).DisposeAsync();
    }

    [Fact]
    public async Task A_backup_that_is_cut_or_changed_anywhere_is_refused_and_nothing_is_touched()
    {
        await using (var server = await RunningServer.StartAsync())
        {
            await SaveAsync(server);
        }

        var whole = await File.ReadAllBytesAsync(Archive, Ct);
        var random = new Random(4);
        for (var i = 0; i < 20; i++)
        {
            var at = random.Next(whole.Length - 2048);
            var broken = i % 2 == 0 ? whole[..at] : [.. whole];
            if (i % 2 == 1)
            {
                // In the content: the padding of a tar archive says nothing.
                at = 2048 + random.Next(100_000);
                broken[at] ^= 0x10;
            }

            await File.WriteAllBytesAsync(Archive, broken, Ct);
            await Should.ThrowAsync<BackupException>(() => StateBackup.VerifyAsync(Archive, Ct), $"{i} at {at}");
            await Should.ThrowAsync<BackupException>(() => RestoreAsync(Restored));
            File.Exists(Path.Combine(Restored, "vireo.db")).ShouldBeFalse();
        }

        await File.WriteAllTextAsync(Archive, "no tar at all", Ct);
        var refused = await Should.ThrowAsync<BackupException>(() => StateBackup.VerifyAsync(Archive, Ct));
        refused.Message.ShouldStartWith($"{Archive} is no whole backup of Vireo: ");
    }

    [Fact]
    public async Task Only_those_who_may_do_everything_get_a_backup_and_no_copy_stays()
    {
        await using var server = await RunningServer.StartAsync();
        using var user = server.Server.CreateClient("user", "system:authenticated", "cluster-admins");

        (await RunningServer.SendAsync(user, "GET", StateBackup.Path)).Code.ShouldBe(HttpStatusCode.Forbidden);
        (await server.SendAsync("POST", StateBackup.Path)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        await SaveAsync(server);
        Directory.GetFiles(server.Folder, "copy-*").ShouldBeEmpty();
    }

    private async Task SaveAsync(RunningServer server)
    {
        using var answer = await server.Client.GetAsync(StateBackup.Path, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await File.WriteAllBytesAsync(Archive, await answer.Content.ReadAsByteArrayAsync(Ct), Ct);
    }

    private Task<BackupSummary> RestoreAsync(string folder, bool replaces = false) =>
        StateBackup.RestoreAsync(Archive, folder, replaces, TimeProvider.System, Ct);
}
