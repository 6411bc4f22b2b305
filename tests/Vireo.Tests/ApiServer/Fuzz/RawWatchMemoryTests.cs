using System.Net;
using Vireo.Tests.ApiServer.Routing;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>Connections that nobody reads cost what their own buffers hold, whatever goes by.</summary>
[Collection(MemoryCollection.Name)]
public sealed class RawWatchMemoryTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const int Many = 60;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Watchers_that_only_listen_or_have_gone_cost_nothing_that_grows()
    {
        var watchers = new List<RawConnection>();
        for (var i = 0; i < Many; i++)
        {
            watchers.Add(await RawConnection.OpenAsync(_server));
            await watchers[^1].SayAsync($"GET {Maps}?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n");
            (await watchers[^1].CodeAsync()).ShouldBe(200);
        }

        // A third has gone without a word, a third says no more, and a third does not read.
        watchers.Take(Many / 3).ToList().ForEach(watcher => watcher.Dispose());
        watchers.Skip(Many / 3).Take(Many / 3).ToList().ForEach(watcher => watcher.CloseSending());
        await WriteAsync("warm");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 40; i++)
        {
            await WriteAsync($"{i}");
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(60_000_000);
        (await _server.GetAsync("/readyz")).Code.ShouldBe(HttpStatusCode.OK);
        watchers.ForEach(watcher => watcher.Dispose());
    }

    /// <summary>Thirty lists of 10 MB: written before they are read, they would be 300 MB.</summary>
    [Fact]
    public async Task Lists_that_nobody_reads_are_not_held_in_memory()
    {
        var text = new string('x', 200_000);
        for (var i = 0; i < 50; i++)
        {
            var body = $$$"""{"metadata":{"name":"large-{{{i}}}"},"data":{"text":"{{{text}}}"}}""";
            (await _server.SendAsync("POST", Maps, body)).Code.ShouldBe(HttpStatusCode.Created);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var readers = new List<RawConnection>();
        for (var i = 0; i < Many / 2; i++)
        {
            readers.Add(await RawConnection.OpenAsync(_server));
            await readers[^1].SayAsync($"GET {Maps} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            (await readers[^1].CodeAsync()).ShouldBe(200);
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(60_000_000);
        (await _server.GetAsync("/readyz")).Code.ShouldBe(HttpStatusCode.OK);
        readers.ForEach(reader => reader.Dispose());
    }

    /// <summary>A change of 200 KB: unread, forty of them for each of the watchers would be 480 MB.</summary>
    private async Task WriteAsync(string label)
    {
        var text = new string('x', 200_000);
        await _server.SendAsync("POST", Maps, """{"metadata":{"name":"large"}}""");
        var patch = $$$"""{"data":{"label":"{{{label}}}","text":"{{{text}}}"}}""";
        (await _server.MergeAsync($"{Maps}/large", patch)).Code.ShouldBe(HttpStatusCode.OK);
    }
}
