using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.ApiBench;

/// <summary>How long after the begin of a create its event reaches each watcher.</summary>
internal sealed class WatchLoad(Target target, Measures measures)
{
    private const int Creates = 300;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<string, long> _begun = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _took = [];

    public async Task RunAsync(int watchers, CancellationToken ct)
    {
        using var client = target.Client();
        var list = await Load.SendAsync(client, HttpMethod.Get, Machine.Collection + "?limit=1", null, null, ct);
        var from = (string)JsonNode.Parse(list)!["metadata"]!["resourceVersion"]!;
        var ready = new CountdownEvent(watchers);
        var reading = Enumerable.Range(0, watchers).Select(_ => WatchAsync(from, ready, ct)).ToArray();
        await Task.Run(() => ready.Wait(ct), ct);
        var cpu = target.CpuSeconds();
        for (var i = 0; i < Creates; i++)
        {
            var name = $"watched-{watchers}-{i}";
            _begun[name] = Stopwatch.GetTimestamp();
            await Load.SendAsync(client, HttpMethod.Post, Machine.Collection, Machine.Json(name, i), null, ct);
            var left = Pace - Stopwatch.GetElapsedTime(_begun[name]);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, ct);
            }
        }

        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromMinutes(2), ct);
        ready.Dispose();
        var who = $"{watchers} watcher{(watchers == 1 ? "" : "s")}";
        measures.Add($"watch event, {who}, p50 ms", Measures.At([.. _took], 0.5));
        measures.Add($"watch event, {who}, p99 ms", Measures.At([.. _took], 0.99));
        measures.Add($"watch, {who}, server CPU ms a create", (target.CpuSeconds() - cpu) * 1000 / Creates);
    }

    private async Task WatchAsync(string from, CountdownEvent ready, CancellationToken ct)
    {
        using var client = target.Client();
        var path = $"{Machine.Collection}?watch=true&resourceVersion={from}";
        using var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        ready.Signal();
        for (var seen = 0; seen < Creates; )
        {
            var line = await lines.ReadLineAsync(ct) ?? throw new InvalidOperationException("A watch ended early.");
            var now = Stopwatch.GetTimestamp();
            if (
                Text(Encoding.UTF8.GetBytes(line), "\"name\":\"") is { } name
                && _begun.TryGetValue(name, out var began)
            )
            {
                _took.Add(Stopwatch.GetElapsedTime(began, now).TotalMilliseconds);
                seen++;
            }
        }
    }

    private static string Text(byte[] json, string mark)
    {
        var at = json.AsSpan().IndexOf(Encoding.ASCII.GetBytes(mark));
        var rest = json.AsSpan(at + mark.Length);
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }
}
