using System.Net.Sockets;

namespace Vireo.Runtime;

/// <summary>Ends connections whose other side vanished without a word.</summary>
public static class SilentPeers
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>How long the other side's machine may stay without an answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <summary>
    /// Has the kernel end the connection, so that a console does not stay taken. A side that lives and only does not
    /// read goes on to answer the kernel, and keeps its connection.
    /// </summary>
    public static void GiveUpOn(Socket socket)
    {
        socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)Limit.TotalMilliseconds));
        // Where there is no data under way the kernel asks by itself: a console may be silent for hours.
        var pause = (int)(Limit / 3).TotalSeconds;
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, pause);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, pause);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 2);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }
}
