using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Carries a client's bytes to a port of a guest, over the guest's network.</summary>
/// <param name="time">Bounds the dialling.</param>
internal sealed class PortDoor(TimeProvider time)
{
    private const int MaxDatagramBytes = 64 * 1024;

    private static readonly TimeSpan DialTime = TimeSpan.FromSeconds(5);

    public async Task ForwardAsync(DoorCall call)
    {
        call.RequireStream();
        var (port, isUdp) = Target(call.Arguments);
        var address = AddressOf(call);
        using var socket = isUdp
            ? new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await DialAsync(socket, new(address, port), isUdp ? "udp" : "tcp", call.Aborted);
        var client = await call.AcceptAsync(time);
        if (isUdp)
        {
            await ForwardDatagramsAsync(client, socket, call.Stopping);
            return;
        }

        await using var guest = new NetworkStream(socket);
        await client.RunAsync(
            (bytes, _, ct) => guest.WriteAsync(bytes, ct),
            ct => GuestSocket.CopyAsync(guest, client, ct),
            call.Stopping
        );
    }

    /// <summary>One message of the client's is one datagram, and the other way round.</summary>
    private static async Task ForwardDatagramsAsync(ClientStream client, Socket socket, CancellationToken stopping)
    {
        var sent = new byte[MaxDatagramBytes];
        var length = 0;
        await client.RunAsync(
            async (bytes, isEnd, ct) =>
            {
                // What is longer than any datagram is cut, and is then dropped on its way.
                var part = bytes[..Math.Min(bytes.Length, sent.Length - length)];
                part.CopyTo(sent.AsMemory(length));
                length += part.Length;
                if (isEnd)
                {
                    await IgnoreRefusalAsync(socket.SendAsync(sent.AsMemory(0, length), ct));
                    length = 0;
                }
            },
            async ct =>
            {
                var received = new byte[MaxDatagramBytes];
                while (true)
                {
                    if (await IgnoreRefusalAsync(socket.ReceiveAsync(received, ct)) is { } count)
                    {
                        await client.SendAsync(received.AsMemory(0, count));
                    }
                }
            },
            stopping
        );
    }

    /// <summary>Null when the guest said, of an earlier datagram, that nobody listens: somebody may later.</summary>
    private static async Task<int?> IgnoreRefusalAsync(ValueTask<int> exchange)
    {
        try
        {
            return await exchange;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.MessageSize)
        {
            return null;
        }
    }

    private async Task DialAsync(Socket socket, IPEndPoint target, string protocol, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(DialTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await socket.ConnectAsync(target, either.Token);
        }
        catch (SocketException e)
        {
            throw Unreachable(e.SocketErrorCode.ToString(), e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {DialTime.TotalSeconds} s", e);
        }

        ApiException Unreachable(string why, Exception inner) =>
            new(
                Reason.ServiceUnavailable,
                $"The guest does not answer at {target.Address} port {target.Port}/{protocol}: {why}. "
                    + "See that its service runs and that its firewall lets the host in.",
                inner
            );
    }

    private static (int Port, bool IsUdp) Target(IReadOnlyList<string> arguments)
    {
        var protocol = arguments.Count > 1 ? arguments[1] : "tcp";
        return
            arguments.Count is 1 or 2
            && int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= IPEndPoint.MaxPort
            && protocol is "tcp" or "udp"
            ? (port, protocol == "udp")
            : throw new ApiException(
                Reason.BadRequest,
                $"portforward/{string.Join('/', arguments)}: give a port from 1 to 65535, and tcp or udp after it."
            );
    }

    private static IPAddress AddressOf(DoorCall call)
    {
        var told = call.Instance.Status?.Interfaces?.FirstOrDefault(nic => !string.IsNullOrEmpty(nic.IpAddress));
        return IPAddress.TryParse(told?.IpAddress, out var address)
            ? address
            : throw new ApiException(
                Reason.BadRequest,
                "The guest has no address that is known yet: wait until status.interfaces shows one."
            );
    }
}
