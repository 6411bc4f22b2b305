using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Vireo.Clusters;
using Vireo.Runtime;

namespace Vireo.Streams;

/// <summary>Leads ports of this host to ports of a guest: each connection is a stream of its own.</summary>
internal sealed class PortForwarder(KubernetesClient client, Target target, IPAddress address, TextWriter messages)
{
    /// <summary>Forwards a port until it is cancelled.</summary>
    public Task RunAsync(ForwardedPort port, CancellationToken ct) =>
        port.Protocol == "udp" ? RunUdpAsync(port, ct) : RunTcpAsync(port, ct);

    private async Task RunTcpAsync(ForwardedPort port, CancellationToken ct)
    {
        using var listener = LocalPort.Listen(new(address, port.Local));
        await AnnounceAsync(port, listener.LocalEndpoint);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptTcpClientAsync(ct), port, ct);
        }
    }

    private async Task ServeAsync(TcpClient connection, ForwardedPort port, CancellationToken ct)
    {
        using (connection)
        {
            try
            {
                using var socket = await client.OpenStreamAsync(target.PathOf(port.Subresource), ct);
                var stream = connection.GetStream();
                await socket.JoinAsync(stream, stream, ct);
            }
            catch (Exception e) when (IsOfOneConnection(e, ct))
            {
                await messages.WriteLineAsync($"vireo: port {port.Remote} of {target}: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                // The program ends.
            }
        }
    }

    private async Task RunUdpAsync(ForwardedPort port, CancellationToken ct)
    {
        using var local = LocalPort.Bind(new(address, port.Local));
        await AnnounceAsync(port, local.Client.LocalEndPoint!);
        var peers = new ConcurrentDictionary<IPEndPoint, Task<WebSocket>>();
        while (true)
        {
            var datagram = await local.ReceiveAsync(ct);
            var peer = datagram.RemoteEndPoint;
            try
            {
                var socket = await peers.GetOrAdd(peer, _ => OpenUdpAsync(local, peer, port, peers, ct));
                await socket.SendBytesAsync(datagram.Buffer, ct);
            }
            catch (Exception e) when (IsOfOneConnection(e, ct))
            {
                peers.TryRemove(peer, out _);
                await messages.WriteLineAsync($"vireo: port {port.Remote} of {target}: {e.Message}");
            }
        }
    }

    private async Task<WebSocket> OpenUdpAsync(
        UdpClient local,
        IPEndPoint peer,
        ForwardedPort port,
        ConcurrentDictionary<IPEndPoint, Task<WebSocket>> peers,
        CancellationToken ct
    )
    {
        var socket = await client.OpenStreamAsync(target.PathOf(port.Subresource), ct);
        _ = AnswerAsync();
        return socket;

        async Task AnswerAsync()
        {
            using (socket)
            {
                try
                {
                    await socket.CopyToAsync(bytes => local.SendAsync(bytes, peer, ct).AsTask(), ct);
                }
                catch (Exception e) when (IsOfOneConnection(e, ct) || e is OperationCanceledException)
                {
                    // The next datagram opens a new stream.
                }

                peers.TryRemove(peer, out _);
            }
        }
    }

    private Task AnnounceAsync(ForwardedPort port, EndPoint at) =>
        messages.WriteLineAsync($"Forwarding {port.Protocol} {at} to port {port.Remote} of {target}. Ctrl+C ends it.");

    private static bool IsOfOneConnection(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested
        && e is ApiException or WebSocketException or IOException or SocketException or ObjectDisposedException;
}
