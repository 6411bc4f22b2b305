using System.Net.Sockets;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>QEMU's end of a guest's console or screen: a unix socket in the guest's folder.</summary>
internal static class GuestSocket
{
    /// <summary>Connects.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="what">What is reached by it, for a person.</param>
    /// <param name="ct">Ends the try.</param>
    /// <exception cref="ApiException">Nobody listens there: the guest does not run, or has no such device.</exception>
    public static async Task<NetworkStream> ConnectAsync(string path, string what, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ApiException(
                Reason.BadRequest,
                $"VMI is not running, or has no {what}: nothing listens at its {what} ({e.SocketErrorCode}).",
                e
            );
        }
    }

    /// <summary>Sends all that the guest's side gives to a client, until the guest's side ends.</summary>
    public static async Task CopyAsync(Stream guest, ClientStream client, CancellationToken ct)
    {
        var buffer = new byte[ClientStream.BufferBytes];
        while (await guest.ReadAsync(buffer, ct) is > 0 and var count)
        {
            await client.SendAsync(buffer.AsMemory(0, count));
        }
    }
}
