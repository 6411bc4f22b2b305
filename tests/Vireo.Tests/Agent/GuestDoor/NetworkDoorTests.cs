using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;
using Vireo.Tests.ApiServer;
using Vireo.Tests.ApiServer.Security;

namespace Vireo.Tests.Agent;

/// <summary>The door of a host that joined, on a real port, and who gets through it.</summary>
public sealed class NetworkDoorTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private RunningServer _server = null!;
    private HostIdentity _host2 = null!;
    private Task _door = null!;
    private string _endpoint = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _host2 = await _server.JoinAsync("host2");
        (_door, _endpoint) = await OpenAsync(_host2);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_door);
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Another_hosts_agent_opens_a_stream_and_bytes_go_both_ways()
    {
        using var peers = new PeerDoors((await _server.JoinAsync("host1")).Trust);
        await using var stream = await peers.OpenAsync(_endpoint, "host2", "/migrations/w/memory", Ct);
        using var reader = new StreamReader(stream, leaveOpen: true);
        (await reader.ReadLineAsync(Ct)).ShouldBe("host1 /migrations/w/memory");
        await stream.WriteAsync(Encoding.ASCII.GetBytes("over\n"), Ct);
        (await reader.ReadLineAsync(Ct)).ShouldBe("over");
    }

    [Fact]
    public async Task A_refusal_reaches_the_one_who_asks()
    {
        using var peers = new PeerDoors((await _server.JoinAsync("host1")).Trust);
        var refusal = await Should.ThrowAsync<ApiException>(peers.OpenAsync(_endpoint, "host2", "/no", Ct));
        refusal.Reason.ShouldBe(Reason.Forbidden);
        refusal.Message.ShouldBe("not for host1");
    }

    [Fact]
    public async Task An_agent_that_is_not_the_hosts_whose_it_should_be_is_not_spoken_to()
    {
        using var peers = new PeerDoors((await _server.JoinAsync("host1")).Trust);
        (await Should.ThrowAsync<ApiException>(peers.OpenAsync(_endpoint, "host3", "/x", Ct))).Reason.ShouldBe(
            Reason.Unreachable
        );
    }

    [Fact]
    public async Task Neither_does_a_host_with_a_certificate_go_to_a_socket_nor_one_without_to_the_network()
    {
        using var joined = new PeerDoors(_host2.Trust);
        (
            await Should.ThrowAsync<ApiException>(joined.OpenAsync("unix:///run/x.sock", "host1", "/x", Ct))
        ).Message.ShouldContain("only https://address:port is trusted");
        using var local = new PeerDoors(null);
        (await Should.ThrowAsync<ApiException>(local.OpenAsync(_endpoint, "host2", "/x", Ct))).Message.ShouldContain(
            "reaches only unix:///path"
        );
    }

    [Fact]
    public async Task The_administrator_strangers_and_nobody_do_not_get_through()
    {
        var admin = Kubeconfig.Read(_server.Server.KubeconfigPath);
        // With a time of its own it begins with nothing, so its authority is not ours.
        await using var stranger = await RunningServer.StartAsync(TimeProvider.System);
        var strange = await stranger.JoinAsync("host1");
        foreach (
            var certificate in new[]
            {
                X509Certificate2.CreateFromPem(admin.ClientCertificate, admin.ClientKey),
                strange.Trust.Own,
                null,
            }
        )
        {
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
            handler.SslOptions.ClientCertificates = certificate is null ? null : [certificate];
            using var http = new HttpClient(handler);
            await Should.ThrowAsync<HttpRequestException>(http.GetAsync(new Uri(_endpoint), Ct));
        }
    }

    [Fact]
    public async Task The_door_shows_the_new_certificate_once_it_was_renewed()
    {
        var before = await ShownAsync();
        await ClusterJoin.RenewAsync(_host2, _host2.Connect(), Ct);
        (await ShownAsync()).ShouldNotBe(before);
        (await ShownAsync()).ShouldBe(_host2.Trust.Own.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_opens_nothing_once_its_host_was_removed()
    {
        var admin = new KubernetesClient(_server.Client);
        var removed = await _server.JoinAsync("host1");
        (await AskAsync(removed)).ShouldBe(HttpStatusCode.OK);

        await admin.DeleteAsync<Host>(new(null, "host1"), null, Ct);
        (await AskAsync(removed)).ShouldBe(HttpStatusCode.Forbidden);

        var again = await _server.JoinAsync("host1");
        (await AskAsync(again)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(removed)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task While_the_API_cannot_be_asked_a_certificate_is_believed()
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{FreePort()}") };
        var hosts = new KnownHosts(new KubernetesClient(http), TimeProvider.System);

        await hosts.RequireAsync(new("host1", IsLocal: false) { HostUid = "1" }, Ct);
    }

    private async Task<HttpStatusCode> AskAsync(HostIdentity host)
    {
        using var peers = new PeerDoors(host.Trust);
        using var answer = await peers.ClientOf(_endpoint, "host2").GetAsync(new Uri("/known", UriKind.Relative), Ct);
        return answer.StatusCode;
    }

    private async Task<string> ShownAsync()
    {
        var shown = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = (certificate as X509Certificate2)?.Thumbprint ?? "";
            return shown.Length > 0;
        };
        handler.SslOptions.ClientCertificates = [_host2.Trust.Own];
        using var http = new HttpClient(handler);
        using var answer = await http.GetAsync(new Uri(_endpoint), Ct);
        return shown;
    }

    /// <summary>A door whose streams tell who came, and then give back what they get.</summary>
    private async Task<(Task Running, string Endpoint)> OpenAsync(HostIdentity identity)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var door = new Vireo.Agent.GuestDoor(
            _server.FolderOf(identity.Host),
            new(address, identity.Trust, TimeProvider.System),
            async (http, _) =>
            {
                var caller = DoorCaller.Of(http);
                if (http.Request.Path == "/known")
                {
                    try
                    {
                        await new KnownHosts(identity.Connect(), TimeProvider.System).RequireAsync(caller, Ct);
                    }
                    catch (ApiException e)
                    {
                        http.Response.StatusCode = (int)e.Reason.HttpCode();
                    }

                    return;
                }

                if (!http.Request.Path.StartsWithSegments("/migrations"))
                {
                    http.Response.StatusCode = 403;
                    http.Response.ContentType = "application/json";
                    await http.Response.WriteAsync(
                        $$"""
                        {"kind":"Status","status":"Failure","code":403,"reason":"Forbidden","message":"not for {{caller.Host}}"}
                        """,
                        Ct
                    );
                    return;
                }

                caller.MayBe("host1").ShouldBeTrue();
                caller.MayBe("host3").ShouldBeFalse();
                await using var stream = await PeerStream.AcceptAsync(http);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{caller.Host} {http.Request.Path}\n"), Ct);
                await stream.CopyToAsync(stream, Ct);
            }
        );
        var running = door.RunAsync(_stop.Token);
        await Eventually.HoldsAsync(() => running.IsFaulted || CanConnect(address));
        return (running, $"https://{address}");
    }

    private static bool CanConnect(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
