using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Routing;

/// <summary>A server under clients that ask for too much, too slowly, or do not read, over the real network.</summary>
[Collection(MemoryCollection.Name)]
public sealed class LoadTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _admin = Network();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_body_that_does_not_come_ends_by_its_timeout_and_nothing_is_written()
    {
        var start =
            $"POST {RunningServer.ConfigMaps}?timeout=300ms HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 1000\r\n\r\n{\"metadata\":{\"name\":\"slow\"},";
        using var socket = new TcpClient();
        await using var tls = await SayAsync(socket, start);

        using var answer = new StreamReader(tls);
        (await answer.ReadLineAsync(Ct)).ShouldBe("HTTP/1.1 504 Gateway Timeout");
        var (text, some) = ("", new char[4096]);
        while (!text.Contains("\"code\":504", StringComparison.Ordinal))
        {
            var count = await answer.ReadAsync(some, Ct);
            count.ShouldBeGreaterThan(0, text);
            text += new string(some, 0, count);
        }

        text.ShouldContain("\"reason\":\"Timeout\"");
        text.ShouldContain("its timeout of 0.3 s");
        (await _server.GetAsync($"{RunningServer.ConfigMaps}/slow")).Code.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_ends_the_request()
    {
        using var socket = new TcpClient();
        await using var tls = await SayAsync(
            socket,
            $"POST {RunningServer.ConfigMaps} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n\r\n{"
        );

        using var answer = new StreamReader(tls);
        (await answer.ReadLineAsync(Ct)).ShouldBe("HTTP/1.1 504 Gateway Timeout");
    }

    [Theory]
    [InlineData("never")]
    [InlineData("-1s")]
    public async Task A_timeout_that_is_none_is_refused(string timeout)
    {
        using var answer = await _admin.GetAsync($"{RunningServer.ConfigMaps}?timeout={timeout}", Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("timeout: ");
    }

    [Fact]
    public async Task A_client_that_fills_its_share_with_large_slow_bodies_waits_for_itself_alone()
    {
        using var many = Network();
        using var give = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var bodies = Enumerable.Range(0, 4).Select(_ => new SlowBody(3_000_000)).ToList();
        var held = bodies.Select(body => many.PostAsync(RunningServer.ConfigMaps, body, give.Token)).ToList();
        await Eventually.HoldsAsync(() => bodies.TrueForAll(body => body.IsAsked));
        const string Served = """apiserver_current_inflight_requests{request_kind="mutating"} 4""";
        await Eventually.HoldsAsync(
            () => _server.GetAsync("/metrics").Result.Text.Contains(Served),
            "all four are served"
        );

        // 184 of its 200 places are taken: what is small goes on, the next large one waits, and not for ever.
        (await _admin.GetAsync("/api/v1/namespaces", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var socket = new TcpClient();
        await using var waits = await SayAsync(
            socket,
            $"POST {RunningServer.ConfigMaps} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 3000000\r\n\r\n"
        );
        (await _admin.GetAsync("/readyz", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _server.Own.GetAsync("/api/v1/namespaces", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var answer = new StreamReader(waits);
        (await answer.ReadLineAsync(Ct)).ShouldBe("HTTP/1.1 429 Too Many Requests");
        var headers = new List<string>();
        while (await answer.ReadLineAsync(Ct) is { Length: > 0 } line)
        {
            headers.Add(line);
        }

        headers.ShouldContain("Retry-After: 1");
        await give.CancelAsync();
        await Task.WhenAll(held).ContinueWith(_ => { }, TaskScheduler.Default);
        (await _server.MakeAsync("after")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_client_with_more_watches_than_places_is_served_because_they_have_sent_what_there_is()
    {
        await _server.MakeAsync("a");
        var path = $"{RunningServer.ConfigMaps}?watch=true";
        var watches = await Task.WhenAll(
            Enumerable.Range(0, 210).Select(_ => _admin.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct))
        );

        watches.ShouldAllBe(watch => watch.StatusCode == HttpStatusCode.OK);
        (await _admin.GetAsync("/api/v1/namespaces", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var watch in watches)
        {
            watch.Dispose();
        }
    }

    [Fact]
    public async Task Watches_that_are_not_read_hold_no_memory_and_no_one_up()
    {
        using var readers = Network();
        var path = $"{RunningServer.ConfigMaps}?watch=true&resourceVersion=1";
        var deaf = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => readers.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Ct))
        );
        using var watch = await WatchReader.StartAsync(_admin, $"{RunningServer.ConfigMaps}?resourceVersion=1");
        await _server.MakeAsync("a");
        (await watch.NextWordAsync()).ShouldBe("ADDED a");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // 48 MB go by; the history of a kind holds 16.
        var filling = new string('x', 80_000);
        for (var i = 0; i < 600; i++)
        {
            var change = $$"""{"data":{"k":"{{i}}{{filling}}"} }""";
            (await _server.MergeAsync($"{RunningServer.ConfigMaps}/a", change)).Code.ShouldBe(HttpStatusCode.OK);
            (await watch.NextWordAsync()).ShouldBe("MODIFIED a");
        }

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        growth.ShouldBeLessThan(StoreLimits.Default.HistoryBytes + (24 << 20));
        foreach (var each in deaf)
        {
            each.Dispose();
        }
    }

    [Fact]
    public async Task A_stop_under_load_loses_no_write_that_was_answered_and_ends_watches_whole()
    {
        var folder = Directory.CreateTempSubdirectory("vireo-stop-").FullName;
        try
        {
            var answered = new System.Collections.Concurrent.ConcurrentBag<string>();
            var server = await RunningServer.StartAsync(folder: folder);
            using var client = Network(server);
            using var watch = await WatchReader.StartAsync(client, $"{RunningServer.ConfigMaps}?resourceVersion=1");
            var seen = ReadAllAsync(watch);
            var writers = Enumerable.Range(0, 6).Select(writer => WriteAsync(client, writer, answered)).ToList();
            await Eventually.HoldsAsync(() => answered.Count > 50);

            await server.DisposeAsync();
            await Task.WhenAll(writers);
            var events = await seen;

            await using var again = await RunningServer.StartAsync(folder: folder);
            var names = (await again.GetAsync(RunningServer.ConfigMaps)).Names.ToHashSet(StringComparer.Ordinal);
            answered.Where(name => !names.Contains(name)).ShouldBeEmpty();
            events.ShouldBeSubsetOf(names);
            events.Count.ShouldBeGreaterThan(20);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Throws when the stream breaks instead of ending.</summary>
    private static async Task<List<string>> ReadAllAsync(WatchReader watch)
    {
        var names = new List<string>();
        while (await watch.NextAsync() is { } next)
        {
            next["type"]!.ToString().ShouldBe("ADDED");
            names.Add(next["object"]!["metadata"]!["name"]!.ToString());
        }

        return names;
    }

    private static async Task WriteAsync(
        HttpClient client,
        int writer,
        System.Collections.Concurrent.ConcurrentBag<string> answered
    )
    {
        for (var i = 0; ; i++)
        {
            var name = $"w{writer}-{i}";
            using var body = new StringContent($$"""{"metadata":{"name":"{{name}}"} }""");
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            try
            {
                using var answer = await client.PostAsync(RunningServer.ConfigMaps, body, Ct);
                if (answer.StatusCode != HttpStatusCode.Created)
                {
                    return;
                }

                answered.Add(name);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    /// <summary>Says something on a connection of its own.</summary>
    private async Task<SslStream> SayAsync(TcpClient socket, string text)
    {
        await socket.ConnectAsync(_server.Server.Address.Host, _server.Server.Address.Port, Ct);
        var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(Trusting(_server), Ct);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(text), Ct);
        return tls;
    }

    private HttpClient Network() => Network(_server);

    /// <summary>The administrator over TLS; not by HTTP/2, so that each request has a connection of its own.</summary>
    private static HttpClient Network(RunningServer server)
    {
        var handler = new SocketsHttpHandler { SslOptions = Trusting(server) };
        return new HttpClient(handler) { BaseAddress = server.Server.Address };
    }

    private static SslClientAuthenticationOptions Trusting(RunningServer server)
    {
        var keys = Path.Combine(server.Folder, "pki");
        return new()
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            ClientCertificates =
            [
                X509Certificate2.CreateFromPemFile(Path.Combine(keys, "admin.crt"), Path.Combine(keys, "admin.key")),
            ],
        };
    }

    /// <summary>A body that comes as slowly as a server just bears.</summary>
    private sealed class SlowBody : HttpContent
    {
        private static readonly byte[] Piece = new byte[512];
        private readonly long _length;
        private volatile bool _isAsked;

        public SlowBody(long length)
        {
            _length = length;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public bool IsAsked => _isAsked;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, Ct);

        protected override async Task SerializeToStreamAsync(
            Stream stream,
            TransportContext? context,
            CancellationToken cancellationToken
        )
        {
            while (true)
            {
                await stream.WriteAsync(Piece, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                _isAsked = true;
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
