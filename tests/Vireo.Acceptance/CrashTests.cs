using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>kill -9 of the server at random points under load, again and again on one state.</summary>
/// <remarks>
/// More often by <c>VIREO_CRASHES=300 ./test CrashTests</c>; <c>VIREO_SEED</c> repeats the choices of a run that
/// failed. One takes about a second, two thirds of it the start of the program, which no other way of killing saves.
/// </remarks>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const string Collection = "/api/v1/namespaces/default/configmaps";
    private const int Writers = 4;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledged_write_is_lost_and_no_watch_lies_however_often_the_server_is_killed()
    {
        var crashes = Setting("VIREO_CRASHES") ?? 40;
        var seed = Setting("VIREO_SEED") ?? Random.Shared.Next();
        output.WriteLine($"VIREO_SEED={seed} VIREO_CRASHES={crashes}");
        var random = new Random(seed);
        var writers = Enumerable.Range(0, Writers).Select(id => new CrashWriter(id, new Random(seed + id))).ToList();
        var watcher = new CrashWatcher();
        using var server = new CrashServer();
        await server.StartAsync(Ct);
        for (var crash = 0; crash <= crashes; crash++)
        {
            using var client = server.Client();
            await CheckAsync(client, writers, watcher, crash);
            var watching = watcher.ReadAsync(client, until: null, Ct);
            var writing = writers.Select(writer => writer.RunAsync(client, Ct)).ToList();

            // A point in the load, not a wait for something: from before the first answer to many writes later.
            await Task.Delay(random.Next(150), Ct);
            server.Kill();
            await Task.WhenAll([.. writing, watching]);
            await server.StartAsync(Ct);
        }

        output.WriteLine($"{writers.Sum(writer => writer.Answered)} writes answered, {watcher.Seen} changes watched");
        writers.Sum(writer => writer.Answered).ShouldBeGreaterThan(crashes);
    }

    private static async Task CheckAsync(
        HttpClient client,
        IReadOnlyList<CrashWriter> writers,
        CrashWatcher watcher,
        int crash
    )
    {
        // Nobody else writes now: this is the newest, and what the watcher has to come to.
        var marker = await MarkAsync(client, crash);
        foreach (var writer in writers)
        {
            marker.ShouldBeGreaterThan(writer.Newest, "a revision was given out twice");
        }

        marker.ShouldBeGreaterThan(watcher.Position, "a change was told that is not there");
        if (watcher.Position == 0)
        {
            watcher.Position = 1;
        }

        await watcher.ReadAsync(client, marker, Ct);
        var list = JsonNode.Parse(await client.GetStringAsync(Collection, Ct))!;
        var stored = list["items"]!
            .AsArray()
            .ToDictionary(item => item!["metadata"]!["name"]!.ToString(), item => CrashWriter.ValueOf(item!));
        watcher.Objects.OrderBy(each => each.Key).ShouldBe(stored.OrderBy(each => each.Key));
        foreach (var writer in writers)
        {
            writer.Check(stored);
        }
    }

    /// <summary>Writes an object that is not the writers', and tells its revision.</summary>
    private static async Task<long> MarkAsync(HttpClient client, int crash)
    {
        using var body = new StringContent($$"""{"metadata":{"name":"marker-{{crash}}"},"data":{"v":"marker"} }""");
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await client.PostAsync(Collection, body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return long.Parse(JsonNode.Parse(text)!["metadata"]!["resourceVersion"]!.ToString(), null);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
