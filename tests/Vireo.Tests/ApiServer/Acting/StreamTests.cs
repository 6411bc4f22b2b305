using System.Net;
using System.Net.WebSockets;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Acting;

/// <summary>Consoles and forwarded ports: client, server and agent joined by real sockets.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private const string Console = ActingServer.Vmis + "/a/console";

    private ActingServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ActingServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Bytes_go_both_ways_and_the_agent_learns_which_run_is_meant()
    {
        var uid = await _server.RunAsync("a");
        _server.Agent.Stream(EchoAsync);
        using var socket = await _server.OpenAsync(Console + "?preserveSession=true");
        socket.SubProtocol.ShouldBe("plain.kubevirt.io");
        await SendAsync(socket, "hello");
        (await ReadAsync(socket)).ShouldBe("hello");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        var asked = _server.Agent.Requests.ShouldHaveSingleItem();
        asked.Method.ShouldBe("GET");
        asked.Target.ShouldBe(Console + "?preserveSession=true");
        asked.Uid.ShouldBe(uid);
        asked.Protocols.ShouldBe(["plain.kubevirt.io"]);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("plain.kubevirt.io", "plain.kubevirt.io")]
    [InlineData("base64url.bearer.authorization.k8s.io.dG9rZW4,plain.kubevirt.io", "plain.kubevirt.io")]
    [InlineData("binary.k8s.io", null)]
    public async Task The_sub_protocol_is_the_plain_one_or_none(string offered, string? taken)
    {
        await _server.RunAsync("a");
        _server.Agent.Stream(EchoAsync);
        var protocols = offered.Split(',', StringSplitOptions.RemoveEmptyEntries);
        using var socket = await _server.OpenOfferingAsync(Console, protocols);
        socket.SubProtocol.ShouldBe(taken);
        await SendAsync(socket, "hello");
        (await ReadAsync(socket)).ShouldBe("hello");
    }

    [Fact]
    public async Task A_browser_opens_its_stream_over_http_2()
    {
        await _server.RunAsync("a");
        _server.Agent.Stream(EchoAsync);
        using var socket = await _server.OpenOverHttp2Async(Console);
        socket.SubProtocol.ShouldBe("plain.kubevirt.io");
        await SendAsync(socket, "hello");
        (await ReadAsync(socket)).ShouldBe("hello");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
    }

    [Fact]
    public async Task Text_is_dropped()
    {
        await _server.RunAsync("a");
        _server.Agent.Stream(EchoAsync);
        using var socket = await _server.OpenAsync(Console);
        await socket.SendAsync("not this"u8.ToArray(), WebSocketMessageType.Text, true, Ct);
        await SendAsync(socket, "this");
        (await ReadAsync(socket)).ShouldBe("this");
    }

    [Fact]
    public async Task The_agents_refusal_reaches_the_client_before_the_upgrade()
    {
        await _server.RunAsync("a");
        _server.Agent.Refuse(409, "Conflict", "Active console connection. Request denied.");
        var refusal = await Should.ThrowAsync<ApiException>(() => _server.OpenAsync(Console));
        refusal.Reason.ShouldBe(Reason.Conflict);
        refusal.Message.ShouldBe("Active console connection. Request denied.");
    }

    [Fact]
    public async Task Who_asks_without_a_websocket_is_told_so()
    {
        await _server.RunAsync("a");
        var reply = await _server.Api.GetAsync(Console);
        reply.Code.ShouldBe(HttpStatusCode.BadRequest);
        reply.Message.ShouldContain("plain.kubevirt.io");
        (await _server.PutAsync(Console)).Code.ShouldBe(HttpStatusCode.MethodNotAllowed);
        _server.Agent.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guest_that_is_not_there_or_does_not_run_has_no_console()
    {
        var missing = await Should.ThrowAsync<ApiException>(() => _server.OpenAsync(Console));
        missing.Reason.ShouldBe(Reason.NotFound);
        missing.Message.ShouldBe("virtualmachineinstance.kubevirt.io \"a\" not found");
        await _server.RunAsync("a", phase: "Scheduled");
        var early = await Should.ThrowAsync<ApiException>(() => _server.OpenAsync(Console));
        early.Status.Code.ShouldBe(400);
        early.Message.ShouldBe("VMI is not running");
        _server.Agent.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("portforward/22", "portforward/22/tcp")]
    [InlineData("portforward/53/udp", "portforward/53/udp")]
    public async Task A_port_of_a_machine_is_one_of_its_instance(string tail, string asked)
    {
        await _server.MakeVmAsync("a", "Manual");
        await _server.RunAsync("a", ""","interfaces":[{"ipAddress":"10.0.2.2"}]""");
        _server.Agent.Stream(EchoAsync);
        foreach (var path in new[] { ActingServer.Vms, ActingServer.Vmis })
        {
            using var socket = await _server.OpenAsync($"{path}/a/{tail}");
            await SendAsync(socket, "SSH-2.0");
            (await ReadAsync(socket)).ShouldBe("SSH-2.0");
        }

        _server.Agent.Requests.ShouldAllBe(request => request.Target == $"{ActingServer.Vmis}/a/{asked}");
    }

    [Theory]
    [InlineData("portforward", "give a port")]
    [InlineData("portforward/0", "\"0\" is no port")]
    [InlineData("portforward/65536", "\"65536\" is no port")]
    [InlineData("portforward/ssh", "\"ssh\" is no port")]
    [InlineData("portforward/22/sctp", "\"sctp\" is not known")]
    [InlineData("portforward/22/tcp/x", "give a port")]
    public async Task A_port_that_is_none_is_refused_by_name(string tail, string why)
    {
        var reply = await _server.Api.GetAsync($"{ActingServer.Vmis}/a/{tail}");
        reply.Code.ShouldBe(HttpStatusCode.BadRequest);
        reply.Message.ShouldContain(why);
    }

    [Fact]
    public async Task Large_data_arrives_whole_and_in_order()
    {
        await _server.RunAsync("a");
        _server.Agent.Stream(EchoAsync);
        using var socket = await _server.OpenAsync(Console);
        var data = new byte[3_000_000];
        new Random(7).NextBytes(data);
        var sending = socket.SendAsync(data, WebSocketMessageType.Binary, true, Ct);
        var back = new MemoryStream();
        var buffer = new byte[50_000];
        while (back.Length < data.Length)
        {
            var read = await socket.ReceiveAsync(buffer, Ct);
            back.Write(buffer, 0, read.Count);
        }

        await sending;
        back.ToArray().SequenceEqual(data).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_does_not_read_slows_the_agent_and_nothing_heaps_up()
    {
        await _server.RunAsync("a");
        var sent = 0L;
        const long all = 64L * 1024 * 1024;
        _server.Agent.Stream(
            async (socket, http) =>
            {
                var chunk = new byte[64 * 1024];
                while (Interlocked.Read(ref sent) < all)
                {
                    await socket.SendAsync(chunk, WebSocketMessageType.Binary, true, http.RequestAborted);
                    Interlocked.Add(ref sent, chunk.Length);
                }

                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "all sent", http.RequestAborted);
            }
        );
        using var client = await _server.OpenAsync(Console);
        await UntilStillAsync(() => Interlocked.Read(ref sent));
        var whileAsleep = Interlocked.Read(ref sent);
        whileAsleep.ShouldBeGreaterThan(0);
        whileAsleep.ShouldBeLessThan(all / 2);

        var received = 0L;
        var buffer = new byte[64 * 1024];
        var read = await client.ReceiveAsync(buffer, Ct);
        while (read.MessageType != WebSocketMessageType.Close)
        {
            received += read.Count;
            read = await client.ReceiveAsync(buffer, Ct);
        }

        received.ShouldBe(all);
        client.CloseStatusDescription.ShouldBe("all sent");
    }

    [Fact]
    public async Task A_close_passes_with_its_code_in_either_direction()
    {
        await _server.RunAsync("a");
        var seen = new TaskCompletionSource<(WebSocketCloseStatus?, string?)>();
        _server.Agent.Stream(
            async (socket, _) =>
            {
                await ReadAsync(socket);
                seen.TrySetResult((socket.CloseStatus, socket.CloseStatusDescription));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
            }
        );
        using (var client = await _server.OpenAsync(Console))
        {
            await client.CloseAsync((WebSocketCloseStatus)4001, "enough", Ct);
            client.State.ShouldBe(WebSocketState.Closed);
        }

        (await seen.Task.WaitAsync(Ct)).ShouldBe(((WebSocketCloseStatus)4001, "enough"));

        _server.Agent.Stream(
            (socket, _) => socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "no more", default)
        );
        using var other = await _server.OpenAsync(Console);
        (await ReadAsync(other)).ShouldBeNull();
        other.CloseStatus.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        other.CloseStatusDescription.ShouldBe("no more");
    }

    [Fact]
    public async Task An_agent_that_dies_in_the_middle_ends_the_stream_with_a_reason()
    {
        await _server.RunAsync("a");
        _server.Agent.Stream(
            async (socket, http) =>
            {
                await SendAsync(socket, "last words");
                await ReadAsync(socket);
                http.Abort();
            }
        );
        using var client = await _server.OpenAsync(Console);
        (await ReadAsync(client)).ShouldBe("last words");
        await SendAsync(client, "go on");
        (await ReadAsync(client)).ShouldBeNull();
        client.CloseStatus.ShouldBe(WebSocketCloseStatus.InternalServerError);
        client.CloseStatusDescription!.ShouldContain("agent");
    }

    [Fact]
    public async Task A_client_that_dies_frees_the_console()
    {
        await _server.RunAsync("a");
        var ended = new TaskCompletionSource<WebSocketCloseStatus?>();
        _server.Agent.Stream(
            async (socket, _) =>
            {
                await ReadAsync(socket);
                ended.TrySetResult(socket.CloseStatus);
            }
        );
        var client = await _server.OpenAsync(Console);
        client.Dispose();
        (await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct)).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
    }

    [Fact]
    public async Task Streams_end_when_the_server_stops_even_if_nobody_reads()
    {
        var server = await ActingServer.StartAsync();
        await server.RunAsync("a");
        server.Agent.Stream(EchoAsync);
        using var quiet = await server.OpenAsync(Console);
        server.Agent.Stream(
            async (socket, http) =>
            {
                while (socket.State == WebSocketState.Open)
                {
                    await socket.SendAsync(new byte[65536], WebSocketMessageType.Binary, true, http.RequestAborted);
                }
            }
        );
        using var stuck = await server.OpenAsync(Console);
        var stop = server.Api.DisposeAsync();
        (await ReadAsync(quiet)).ShouldBeNull();
        quiet.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await quiet.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        await stop;
        await server.Agent.DisposeAsync();
    }

    private static async Task EchoAsync(WebSocket socket, Microsoft.AspNetCore.Http.HttpContext http)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, default);
        }
    }

    private static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Binary, true, Ct);

    /// <summary>The next message; null when the stream was closed.</summary>
    private static async Task<string?> ReadAsync(WebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var buffer = new byte[64 * 1024];
        var read = await socket.ReceiveAsync(buffer, patience.Token);
        return read.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, read.Count);
    }

    /// <summary>Waits until a number grows no more.</summary>
    private static async Task UntilStillAsync(Func<long> number)
    {
        var (last, same) = (-1L, 0);
        await Eventually.HoldsAsync(() =>
        {
            (last, same) = number() is var now && now == last && now > 0 ? (last, same + 1) : (now, 0);
            return same > 200;
        });
    }
}
