using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// One channel of a move on the host that the guest leaves: a socket that its hypervisor connects to, and whose
/// connections the other host's agent takes to its own hypervisor.
/// </summary>
/// <param name="path">Where the socket is.</param>
/// <param name="open">Opens a stream to the other host.</param>
/// <param name="lost">Awaited before who connected here learns that the other host is lost; null for at once.</param>
/// <param name="logger">Told when the other host is not reached.</param>
internal sealed class MoveForwarder(
    string path,
    Func<CancellationToken, Task<Stream>> open,
    Func<CancellationToken, Task>? lost,
    ILogger logger
) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Listens. Only this host's root may connect.</summary>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public void Start()
    {
        File.Delete(path);
        _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new IOException($"The agent cannot listen at {path} ({e.SocketErrorCode}).", e);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _listener.Listen();
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        File.Delete(path);
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(_stop.Token);
                _connections.Add(CarryAsync(new NetworkStream(socket, ownsSocket: true)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // As asked.
        }
    }

    private async Task CarryAsync(Stream local)
    {
        try
        {
            var other = await open(_stop.Token);
            await StreamPump.RunAsync(local, other, _stop.Token, lost);
        }
        catch (Exception e) when (e is ApiException or IOException or OperationCanceledException)
        {
            await local.DisposeAsync();
            if (e is not OperationCanceledException)
            {
                logger.ChannelBroke(path, e.Message);
            }
        }
    }
}
