using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Vireo.Agent;
using Vireo.Api;
using Vireo.Runtime;
using Vireo.Tests.Runtime;

namespace Vireo.Tests.Agent;

/// <summary>The agent's door on a real socket; behind it one simulated guest, whose devices tests play.</summary>
internal sealed class DoorRoom : IAsyncDisposable
{
    public const string Uid = "11111111-2222-3333-4444-555555555555";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _state = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly Informer<VirtualMachineInstance> _instances;
    private readonly SocketsHttpHandler _handler;
    private CancellationTokenSource _stopDoor = new();
    private Task _informing = Task.CompletedTask;
    private Task _running = Task.CompletedTask;

    private DoorRoom(TimeProvider time)
    {
        Time = time;
        Hypervisor = new(Samples.Host, time);
        Control = new(Hypervisor);
        _instances = new(Api.Client, new ListQuery(), TimeProvider.System, NullLogger.Instance);
        _handler = new() { ConnectCallback = (_, ct) => ConnectAsync(ct) };
        Http = new(_handler, disposeHandler: false) { BaseAddress = new("http://agent"), Timeout = Patience };
    }

    public FakeApi Api { get; } = new();

    public TimeProvider Time { get; }

    public SimulatedHypervisor Hypervisor { get; }

    public SimulatedGuestControl Control { get; }

    public HttpClient Http { get; }

    public DoorParts Door { get; private set; } = null!;

    public string SocketPath => Vireo.Agent.GuestDoor.PathIn(_state);

    public InstanceFolder Folder => new(_state, Uid);

    public DomainPaths Paths => Folder.Paths(null, "");

    public FreezeFile Freeze => new(Folder);

    public static DomainId Id { get; } = new(ResourceKey.Of(Samples.Instance), Uid);

    public static async Task<DoorRoom> OpenAsync(
        Func<VirtualMachineInstance, VirtualMachineInstance>? change = null,
        TimeProvider? time = null
    )
    {
        var room = new DoorRoom(time ?? TimeProvider.System);
        var instance = (change ?? (same => same))(Samples.Instance);
        await room.Api.Client.CreateAsync(instance, CancellationToken.None);
        new InstanceFolder(room._state, Uid).Create();
        await room.Hypervisor.StartAsync(Id, DomainXml.Build(Samples.Input()).Domain!, false, CancellationToken.None);
        room._informing = room._instances.RunAsync(room._stop.Token);
        await room.StartDoorAsync();
        return room;
    }

    /// <summary>As when the agent is started.</summary>
    public async Task StartDoorAsync()
    {
        _stopDoor = new();
        var settings = new InstanceSettings("node1", _state, "vireo", () => false);
        Door = new(Control, new(Hypervisor, settings, Time), _instances, _state, Time, NullLogger.Instance);
        var running = Door.Loops.Select(loop => loop(_stopDoor.Token)).ToList();
        _running = Task.WhenAll(running);
        await Eventually.HoldsAsync(() => CanConnect() || running.Any(loop => loop.IsFaulted));
        running.ShouldAllBe(loop => !loop.IsFaulted);
    }

    /// <summary>As when the agent is stopped.</summary>
    public async Task StopDoorAsync()
    {
        await _stopDoor.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(_running.WaitAsync(Patience));
    }

    public static string PathOf(string action, string name = "tiny") =>
        $"/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachineinstances/{name}/{action}";

    public async Task<HttpResponseMessage> PutAsync(string action, string? body = null, string uid = Uid)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, PathOf(action));
        request.Headers.Add("Vireo-Instance-Uid", uid);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        return await Http.SendAsync(request);
    }

    /// <summary>Opens a stream.</summary>
    public async Task<ClientWebSocket> DialAsync(string action)
    {
        var web = new ClientWebSocket();
        web.Options.AddSubProtocol("plain.kubevirt.io");
        web.Options.SetRequestHeader("Vireo-Instance-Uid", Uid);
        using var end = new CancellationTokenSource(Patience);
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        await web.ConnectAsync(new($"ws://agent{PathOf(action)}"), invoker, end.Token);
        web.SubProtocol.ShouldBe("plain.kubevirt.io");
        return web;
    }

    /// <summary>What a client is told that asks for a stream and does not get it.</summary>
    public async Task<Status> RefusalAsync(string action)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(action));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await StatusAsync(answer);
    }

    public static async Task<Status> StatusAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeFalse();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var status = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), ApiJson.Default.Status)!;
        status.Code.ShouldBe((int)answer.StatusCode);
        status.Outcome.ShouldBe("Failure");
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopDoor.IsCancellationRequested)
        {
            await StopDoorAsync();
        }

        await _stop.CancelAsync();
        await Task.WhenAny(_informing).WaitAsync(Patience);
        Http.Dispose();
        _handler.Dispose();
        _stop.Dispose();
        _stopDoor.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private bool CanConnect()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
