using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Vireo.ApiBench;

/// <summary>The phases: creates, reads, patches, lists, watches; and what each costs the server.</summary>
internal sealed class Load(Target target, Measures measures, TimeSpan each)
{
    private const string Merge = "application/merge-patch+json";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    private const int Lists = 3;

    private static readonly int[] Clients = [1, 8, 32];

    private int _made;
    private int _patched;

    public async Task RunAsync(int objects, CancellationToken ct)
    {
        measures.Add("memory empty, MiB", target.MemoryMiB());
        await MakeNamespaceAsync(ct);
        await WarmUpAsync(objects / 5, ct);
        foreach (var clients in Clients)
        {
            var share = clients == Clients[^1] ? objects - _made : objects / 10 * (clients == 1 ? 1 : 3);
            await RateAsync(
                "creates",
                clients,
                share,
                TimeSpan.MaxValue,
                (client, i) => CreateAsync(client, i, ct),
                ct
            );
        }

        foreach (var clients in Clients)
        {
            await RateAsync("GETs", clients, int.MaxValue, each, (client, _) => GetAsync(client, ct), ct);
        }

        foreach (var clients in Clients)
        {
            await RateAsync("merge patches", clients, int.MaxValue, each, (client, _) => PatchAsync(client, ct), ct);
        }

        await ListsAsync(ct);
        foreach (var watchers in (int[])[1, 100])
        {
            await new WatchLoad(target, measures).RunAsync(watchers, ct);
        }

        measures.Add($"memory after the load, MiB", target.MemoryMiB());
    }

    /// <summary>
    /// What a server does first costs more: code is compiled, memory is asked for, pages are touched. It is told by
    /// itself, and is in no other rate.
    /// </summary>
    private async Task WarmUpAsync(int creates, CancellationToken ct)
    {
        await RateAsync(
            "first creates after the start",
            8,
            creates,
            TimeSpan.MaxValue,
            (client, i) => CreateAsync(client, i, ct),
            ct
        );
        await RateAsync("first GETs", 8, creates, each, (client, _) => GetAsync(client, ct), ct);
        await RateAsync("first merge patches", 8, creates, each, (client, _) => PatchAsync(client, ct), ct);
    }

    private async Task MakeNamespaceAsync(CancellationToken ct)
    {
        using var client = target.Client();
        using var body = Body($$"""{"metadata":{"name":"{{Machine.Namespace}}"} }""");
        using var made = await client.PostAsync("/api/v1/namespaces", body, ct);
        if (made.StatusCode != HttpStatusCode.Conflict)
        {
            made.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Lets each client do one thing after another, for a number of times or a time.</summary>
    private async Task RateAsync(
        string what,
        int clients,
        int times,
        TimeSpan time,
        Func<HttpClient, int, Task> act,
        CancellationToken ct
    )
    {
        var took = new ConcurrentBag<double>();
        var left = times;
        var cpu = target.CpuSeconds();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(WorkAsync, ct)));
        var elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var name = $"{what}, {clients} client{(clients == 1 ? "" : "s")}";
        measures.Add($"{name}, /s", took.Count / elapsed);
        measures.Add($"{name}, p50 ms", Measures.At([.. took], 0.5));
        measures.Add($"{name}, p99 ms", Measures.At([.. took], 0.99));
        measures.Add($"{name}, server CPU ms each", (target.CpuSeconds() - cpu) * 1000 / took.Count);

        async Task WorkAsync()
        {
            using var client = target.Client();
            while (Interlocked.Decrement(ref left) is >= 0 and var i && Stopwatch.GetElapsedTime(began) < time)
            {
                var start = Stopwatch.GetTimestamp();
                await act(client, i);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    private Task CreateAsync(HttpClient client, int _, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _made) - 1;
        return SendAsync(client, HttpMethod.Post, Machine.Collection, Machine.Json(Name(number), number), null, ct);
    }

    private Task GetAsync(HttpClient client, CancellationToken ct) =>
        SendAsync(client, HttpMethod.Get, $"{Machine.Collection}/{Name(Any())}", null, null, ct);

    private Task PatchAsync(HttpClient client, CancellationToken ct)
    {
        var patch =
            $$$"""{"metadata":{"annotations":{"example.com/n":"{{{Interlocked.Increment(ref _patched)}}}"} } }""";
        return SendAsync(client, HttpMethod.Patch, $"{Machine.Collection}/{Name(Any())}", patch, null, ct);
    }

    private async Task ListsAsync(CancellationToken ct)
    {
        using var client = target.Client();
        await ListAsync("whole", client, Machine.Collection, null, ct);
        await ListAsync("as a Table", client, Machine.Collection, Table, ct);
        await ListAsync("by label", client, Machine.Collection + "?labelSelector=tier%3Drare", null, ct);
        await TimeAsync("in pages of 500", () => PagesAsync(client, ct));
    }

    private Task ListAsync(string how, HttpClient client, string path, string? accept, CancellationToken ct) =>
        TimeAsync(how, () => SendAsync(client, HttpMethod.Get, path, null, accept, ct));

    private static async Task PagesAsync(HttpClient client, CancellationToken ct)
    {
        var next = "";
        do
        {
            var page = await SendAsync(client, HttpMethod.Get, $"{Machine.Collection}?limit=500{next}", null, null, ct);
            next = Continue(page) is { } token ? "&continue=" + Uri.EscapeDataString(token) : "";
        } while (next.Length > 0);
    }

    /// <summary>The token of the next page; it stands wherever metadata is written.</summary>
    private static string? Continue(byte[] page)
    {
        var mark = "\"continue\":\""u8;
        var at = page.AsSpan().IndexOf(mark);
        if (at < 0)
        {
            return null;
        }

        var rest = page.AsSpan(at + mark.Length);
        // Of custom resources a kube-apiserver names an empty one on the last page.
        return rest.IndexOf((byte)'"') is > 0 and var length ? Encoding.ASCII.GetString(rest[..length]) : null;
    }

    private async Task TimeAsync(string how, Func<Task> list)
    {
        await list();
        var cpu = target.CpuSeconds();
        var samples = new List<double>();
        for (var i = 0; i < Lists; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await list();
            samples.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        measures.Add($"LIST {how}, ms", Measures.At(samples, 0.5));
        measures.Add($"LIST {how}, server CPU ms", (target.CpuSeconds() - cpu) * 1000 / Lists);
    }

    public static async Task<byte[]> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string? body,
        string? accept,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : Body(body, method == HttpMethod.Patch ? Merge : "application/json");
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "application/json");
        using var response = await client.SendAsync(request, ct);
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        return response.IsSuccessStatusCode
            ? bytes
            : throw new InvalidOperationException($"{method} {path}: {Encoding.UTF8.GetString(bytes)}");
    }

    private static ByteArrayContent Body(string text, string type = "application/json") =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string Name(int number) => $"vm-{number:D6}";

    private int Any() => Random.Shared.Next(_made);
}
