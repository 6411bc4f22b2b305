using System.Net;

namespace Vireo.Tests.ApiServer.Fuzz;

/// <summary>What is wrong below the level of requests: broken lines, floods, and clients that stop half way.</summary>
public sealed class RawRequestTests : IAsyncLifetime
{
    private const string Maps = RunningServer.ConfigMaps;
    private const string Host = "Host: localhost\r\n";
    private const int Many = 60;

    private static string Flood => string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-{i}: {i}\r\n"));

    private static readonly Dictionary<string, string> Broken = new(StringComparer.Ordinal)
    {
        ["nonsense"] = "nonsense\r\n\r\n",
        ["binary"] = "\0\u0001\u0002\u00FF\u00FE\r\n\r\n",
        ["no host"] = "GET /api HTTP/1.1\r\n\r\n",
        ["two hosts"] = $"GET /api HTTP/1.1\r\n{Host}{Host}\r\n",
        ["a host of nothing"] = "GET /api HTTP/1.1\r\nHost: \0\r\n\r\n",
        ["another version"] = $"GET /api HTTP/9.9\r\n{Host}\r\n",
        ["a long line"] = $"GET /{new string('a', 100_000)} HTTP/1.1\r\n{Host}\r\n",
        ["a long header"] = $"GET /api HTTP/1.1\r\n{Host}X: {new string('x', 1_000_000)}\r\n\r\n",
        ["many headers"] = $"GET /api HTTP/1.1\r\n{Host}{Flood}\r\n",
        ["a header without a name"] = $"GET /api HTTP/1.1\r\n{Host}: x\r\n\r\n",
        ["a folded header"] = $"GET /api HTTP/1.1\r\n{Host}X: a\r\n b\r\n\r\n",
        ["a path of bytes"] = $"GET /api/\u00FF\u00FE HTTP/1.1\r\n{Host}\r\n",
        ["a path with a NUL"] = $"GET /api/v1/namespaces/a%00b HTTP/1.1\r\n{Host}\r\n",
        ["a path that climbs"] = $"GET /api/../../../etc/passwd HTTP/1.1\r\n{Host}\r\n",
        ["a path of half escapes"] = $"GET /api/%z%%%1 HTTP/1.1\r\n{Host}\r\n",
        ["no path"] = $"GET  HTTP/1.1\r\n{Host}\r\n",
        ["a star"] = $"OPTIONS * HTTP/1.1\r\n{Host}\r\n",
        ["a proxy's path"] = $"GET https://example.com/api HTTP/1.1\r\n{Host}\r\n",
        ["connect"] = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
        ["trace"] = $"TRACE /api HTTP/1.1\r\n{Host}\r\n",
        ["a length of nothing"] = $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: x\r\n\r\n",
        ["a negative length"] = $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: -1\r\n\r\n",
        ["a length without end"] = $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: 99999999999999999999\r\n\r\n",
        ["a large length"] = $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: 9999999999\r\n\r\n",
        ["two lengths"] = $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}",
        ["length and chunks"] =
            $"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ["a broken chunk"] = $"POST {Maps} HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        ["a chunk without end"] =
            $"POST {Maps} HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        ["an unknown encoding"] = $"POST {Maps} HTTP/1.1\r\n{Host}Transfer-Encoding: nonsense\r\n\r\n",
        ["an upgrade that is none"] =
            $"GET {Maps} HTTP/1.1\r\n{Host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: x\r\n\r\n",
        ["a preface of HTTP/2"] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\0\0",
    };

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_broken_request_is_refused_or_cut_off_and_the_next_is_answered()
    {
        foreach (var (what, text) in Broken)
        {
            using var connection = await RawConnection.OpenAsync(_server);
            await connection.SayAsync(text);
            connection.CloseSending();
            (await connection.CodeAsync()).ShouldNotBeOneOf([500, 502, 503], what);
        }

        using (var plain = await RawConnection.OpenAsync(_server, isSecure: false))
        {
            await plain.SayAsync($"GET /api HTTP/1.1\r\n{Host}\r\n");
            (await plain.CodeAsync()).ShouldBe(0);
        }

        await ShouldAnswerAsync();
    }

    [Fact]
    public async Task Clients_that_stop_in_the_middle_of_a_body_hold_nobody_up()
    {
        var slow = new List<RawConnection>();
        for (var i = 0; i < Many; i++)
        {
            slow.Add(await RawConnection.OpenAsync(_server));
            await slow[^1].SayAsync($"POST {Maps} HTTP/1.1\r\n{Host}Content-Length: 1000\r\n\r\n{{\"metadata\":");
        }

        await ShouldAnswerAsync();
        slow.ForEach(connection => connection.Dispose());
        await ShouldAnswerAsync();
        (await _server.GetAsync(Maps)).Names.ShouldNotContain("metadata");
    }

    private async Task ShouldAnswerAsync()
    {
        using var connection = await RawConnection.OpenAsync(_server);
        await connection.SayAsync($"GET {Maps} HTTP/1.1\r\n{Host}\r\n");
        (await connection.CodeAsync()).ShouldBe(200);
        (await _server.GetAsync("/readyz")).Code.ShouldBe(HttpStatusCode.OK);
    }
}
