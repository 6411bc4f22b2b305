using System.Net.Sockets;

namespace Vireo.Tests.Agent;

/// <summary>Plays QEMU's serial console: what the guest writes goes to who is connected, and then to the log.</summary>
internal sealed class PlayedConsole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string? _log;
    private readonly Lock _gate = new();
    private Socket? _client;

    public PlayedConsole(string socket, string? log)
    {
        _log = log;
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>All that clients sent.</summary>
    public MemoryStream Received { get; } = new();

    /// <summary>The guest does not read what clients send before this is done.</summary>
    public Task Reads { get; init; } = Task.CompletedTask;

    public bool HasClient
    {
        get
        {
            lock (_gate)
            {
                return _client is not null;
            }
        }
    }

    public long ReceivedCount
    {
        get
        {
            lock (Received)
            {
                return Received.Length;
            }
        }
    }

    /// <summary>The guest writes: like QEMU, it waits for a client that does not read.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Socket? client;
        lock (_gate)
        {
            client = _client;
        }

        try
        {
            client?.Send(bytes);
        }
        catch (SocketException)
        {
            // It left.
        }
        catch (ObjectDisposedException)
        {
            // It left.
        }

        if (_log is not null)
        {
            using var file = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 0);
            file.Write(bytes);
        }
    }

    public void Write(string text) => Write(System.Text.Encoding.ASCII.GetBytes(text));

    /// <summary>The guest ends.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
        {
            _client?.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync();
                lock (_gate)
                {
                    _client = client;
                }

                await ReadAsync(client);
                lock (_gate)
                {
                    _client = null;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The guest ended.
        }
    }

    private async Task ReadAsync(Socket client)
    {
        var buffer = new byte[4096];
        try
        {
            await Reads;
            while (await client.ReceiveAsync(buffer) is > 0 and var count)
            {
                lock (Received)
                {
                    Received.Write(buffer, 0, count);
                }
            }
        }
        catch (SocketException)
        {
            // It died.
        }
    }
}
