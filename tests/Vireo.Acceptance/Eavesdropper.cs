using System.Net.Sockets;
using System.Text;

namespace Vireo.Acceptance;

/// <summary>Reads along on all networks of this namespace, and looks for a text.</summary>
internal sealed class Eavesdropper : IDisposable
{
    /// <summary>All protocols, in the order of bytes that the kernel wants.</summary>
    private const ProtocolType Everything = (ProtocolType)0x0300;

    private readonly Socket _socket = new(AddressFamily.Packet, SocketType.Raw, Everything);
    private readonly byte[] _text;
    private readonly Thread _listening;
    private long _bytes;
    private volatile bool _hasRead;
    private volatile bool _isDone;

    public Eavesdropper(string text)
    {
        _text = Encoding.ASCII.GetBytes(text);
        _socket.ReceiveBufferSize = 16 << 20;
        _socket.ReceiveTimeout = 200;
        _listening = new(Listen);
        _listening.Start();
    }

    /// <summary>How much went by.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>True when the text was in it.</summary>
    public bool HasRead => _hasRead;

    public void Dispose()
    {
        _isDone = true;
        _listening.Join();
        _socket.Dispose();
    }

    private void Listen()
    {
        var packet = new byte[256 * 1024];
        while (!_isDone)
        {
            try
            {
                var count = _socket.Receive(packet);
                Interlocked.Add(ref _bytes, count);
                _hasRead |= packet.AsSpan(0, count).IndexOf(_text) >= 0;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // It is quiet.
            }
        }
    }
}
