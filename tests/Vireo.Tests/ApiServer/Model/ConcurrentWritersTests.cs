using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer.Model;

/// <summary>Many clients write the same objects at once: all that is told of it must be one story.</summary>
public sealed class ConcurrentWritersTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const string End = "z-end";
    private const int Writers = 6;
    private const int WritesEach = 60;
    private const int Counters = 3;

    private readonly ConcurrentDictionary<long, string> _acknowledged = [];
    private readonly ConcurrentDictionary<string, bool> _deleted = [];
    private RunningServer _server = null!;
    private int _increments;
    private int _conflicts;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_acknowledged_write_is_one_event_in_order_and_the_list_is_what_the_events_add_up_to()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        for (var i = 0; i < Counters; i++)
        {
            await _server.MakeAsync($"counter{i}", data: """{"count":"0"}""");
        }

        var begin = (await _server.GetAsync(Maps))["metadata"]!["resourceVersion"]!.ToString();
        using var live = await _server.WatchAsync($"{Maps}?resourceVersion={begin}");
        var followed = ReadAsync(live);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(i => WriteAsync(i, new Random(seed + i))));
        using var late = await _server.WatchAsync(
            $"{Maps}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        );
        var joined = ReadAsync(late);
        await writing;
        Keep((await _server.MakeAsync(End)).ToJsonString());
        var events = await followed;
        using var again = await _server.WatchAsync($"{Maps}?resourceVersion={begin}");

        output.WriteLine($"{events.Count} events, {_increments} increments, {_conflicts} conflicts");
        ShouldBeTheAcknowledged(events);
        (await ReadAsync(again)).ShouldBe(events);
        var final = await _server.GetAsync(Maps);
        Replayed(await joined).ShouldBe([.. final["items"]!.AsArray().Select(item => item!.ToJsonString())]);
        Enumerable
            .Range(0, Counters)
            .Sum(i => Count(final["items"]!.AsArray().Single(item => Name(item!) == $"counter{i}")!))
            .ShouldBe(_increments);
    }

    private async Task WriteAsync(int writer, Random random)
    {
        for (var i = 0; i < WritesEach; i++)
        {
            var counter = $"{Maps}/counter{random.Next(Counters)}";
            switch (random.Next(4))
            {
                case 0 or 1:
                    await IncrementAsync(counter);
                    break;
                case 2:
                    var patch = $$$"""{"data":{"writer{{{writer}}}":"{{{i}}}"}}""";
                    Keep((await _server.MergeAsync(counter, patch)).Text);
                    break;
                default:
                    var made = await _server.MakeAsync($"own{writer}-{i}");
                    Keep(made.ToJsonString());
                    (await _server.DeleteAsync($"{Maps}/own{writer}-{i}")).Code.ShouldBe(HttpStatusCode.OK);
                    _deleted[made["metadata"]!["uid"]!.ToString()] = true;
                    break;
            }
        }
    }

    /// <summary>Reads, adds one and writes back, for the version that was read: a lost update is seen.</summary>
    private async Task IncrementAsync(string counter)
    {
        var read = await _server.GetAsync(counter);
        var wanted = read.Json;
        wanted["data"]!["count"] = $"{Count(wanted) + 1}";
        var reply = await _server.PutAsync(counter, wanted.ToJsonString());
        if (reply.Code == HttpStatusCode.OK)
        {
            Interlocked.Increment(ref _increments);
            Keep(reply.Text);
        }
        else
        {
            reply.Code.ShouldBe(HttpStatusCode.Conflict, reply.Text);
            Interlocked.Increment(ref _conflicts);
        }
    }

    private void ShouldBeTheAcknowledged(IReadOnlyList<string> events)
    {
        var told = events.Select(line => JsonNode.Parse(line)!.AsObject()).ToArray();
        told.Select(change => Revision(change["object"]!)).ShouldBeInOrder();
        told.Select(change => Revision(change["object"]!)).ShouldBeUnique();
        var gone = told.Where(change => change["type"]!.ToString() == "DELETED").ToArray();
        gone.Select(change => change["object"]!["metadata"]!["uid"]!.ToString()).ShouldBe(_deleted.Keys, true);
        told.Except(gone)
            .ToDictionary(change => Revision(change["object"]!), change => change["object"]!.ToJsonString())
            .OrderBy(change => change.Key)
            .ShouldBe(_acknowledged.OrderBy(write => write.Key));
    }

    private static List<string> Replayed(IReadOnlyList<string> events)
    {
        var objects = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in events.Select(line => JsonNode.Parse(line)!))
        {
            var name = Name(change["object"]!);
            switch (change["type"]!.ToString())
            {
                case "BOOKMARK":
                    break;
                case "DELETED":
                    objects.Remove(name).ShouldBeTrue($"{name} was deleted before it was there");
                    break;
                case "ADDED":
                    objects.TryAdd(name, change["object"]!.ToJsonString()).ShouldBeTrue($"{name} was added twice");
                    break;
                default:
                    objects.ShouldContainKey(name);
                    objects[name] = change["object"]!.ToJsonString();
                    break;
            }
        }

        return [.. objects.Values];
    }

    private static async Task<List<string>> ReadAsync(WatchReader watch)
    {
        var events = new List<string>();
        while (events.Count == 0 || !events[^1].Contains($"\"{End}\"", StringComparison.Ordinal))
        {
            events.Add((await watch.NextAsync())!.ToJsonString());
        }

        return events;
    }

    private void Keep(string json)
    {
        var written = JsonNode.Parse(json)!;
        _acknowledged.TryAdd(Revision(written), written.ToJsonString()).ShouldBeTrue($"a revision twice: {json}");
    }

    private static int Count(JsonNode counter) => int.Parse(counter["data"]!["count"]!.ToString());

    private static string Name(JsonNode item) => item["metadata"]!["name"]?.ToString() ?? "";

    private static long Revision(JsonNode item) => long.Parse(item["metadata"]!["resourceVersion"]!.ToString());
}
