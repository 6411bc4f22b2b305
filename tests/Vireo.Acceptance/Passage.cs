using System.Net;
using System.Net.Sockets;

namespace Vireo.Acceptance;

/// <summary>Lets who is on another network reach a port of the loopback here, by the same number there.</summary>
internal sealed class Passage : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly IPEndPoint _port;
    private readonly Task _accepting;

    private Passage(Socket listener, IPEndPoint port)
    {
        (_listener, _port) = (listener, port);
        _accepting = AcceptAsync();
    }

    public static async Task<Passage> OpenAsync(NetworkNamespace network, int port)
    {
        var listener = await network.OpenSocketAsync(default);
        var address = new IPEndPoint(IPAddress.Loopback, port);
        listener.Bind(address);
        listener.Listen();
        return new(listener, address);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                carried.Add(CarryAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(Socket accepted)
    {
        await using var there = new NetworkStream(accepted, ownsSocket: true);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_port, _stop.Token);
            await using var here = new NetworkStream(socket);
            await await Task.WhenAny(there.CopyToAsync(here, _stop.Token), here.CopyToAsync(there, _stop.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Who asked sees that the connection ends.
        }
    }
}
