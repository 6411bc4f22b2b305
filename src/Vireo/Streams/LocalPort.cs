using System.Net;
using System.Net.Sockets;
using Vireo.Running;

namespace Vireo.Streams;

/// <summary>Ports of this host that lead to a guest.</summary>
internal static class LocalPort
{
    /// <summary>Listens for connections.</summary>
    /// <exception cref="StartException">The port is taken, or not this host's to have.</exception>
    public static TcpListener Listen(IPEndPoint at)
    {
        var listener = new TcpListener(at);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw Refused(at, e);
        }
    }

    /// <summary>Receives datagrams.</summary>
    /// <exception cref="StartException">The port is taken, or not this host's to have.</exception>
    public static UdpClient Bind(IPEndPoint at)
    {
        try
        {
            return new UdpClient(at);
        }
        catch (SocketException e)
        {
            throw Refused(at, e);
        }
    }

    private static StartException Refused(IPEndPoint at, SocketException e) =>
        new($"{at} cannot be listened on: {e.Message}. Choose another local port; 0 takes a free one.", e);
}
