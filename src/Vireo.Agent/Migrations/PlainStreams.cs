using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Streams in plain text: the memory and the disks of guests that come here, where the cluster's
/// <c>migrations.disableTLS</c> asks for it.
/// </summary>
/// <remarks>
/// Each has a port of its own, open until it is there, and not for long. Nobody is let in who did not ask at the door
/// first, which is TLS: a stream begins with a ticket that was given there and is good once. They do not come to the
/// door itself, whose server would copy all that they bring.
/// </remarks>
/// <param name="address">Where to listen.</param>
/// <param name="isWanted">Says whether the cluster's configuration asks for it now.</param>
/// <param name="time">Ends tickets that nobody shows.</param>
internal sealed class PlainStreams(IPAddress address, Func<bool> isWanted, TimeProvider time)
{
    private const int SecretLength = 64;

    /// <summary>How long a ticket is good, and its port is open.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>True when the cluster's configuration asks for plain text.</summary>
    public bool IsWanted => isWanted();

    /// <summary>Gives a ticket for one stream.</summary>
    /// <param name="carry">Carries the stream, once it is here, until it ends.</param>
    /// <param name="ended">Takes the ticket back.</param>
    /// <exception cref="ApiException">The cluster's configuration does not ask for plain text.</exception>
    /// <exception cref="IOException">There is no port.</exception>
    public PlainTicket Issue(Func<NetworkStream, Task> carry, CancellationToken ended)
    {
        if (!IsWanted)
        {
            throw NotWanted();
        }

        var listener = Listen();
        var secret = RandomNumberGenerator.GetHexString(SecretLength, lowercase: true);
        var ticket = new PlainTicket(((IPEndPoint)listener.LocalEndPoint!).Port, secret);
        _ = ServeAsync(listener, Encoding.ASCII.GetBytes(secret), carry, ended);
        return ticket;
    }

    /// <summary>The refusal of a stream in plain text.</summary>
    public static ApiException NotWanted() =>
        new(Reason.Forbidden, "Streams go encrypted: the cluster's migrations.disableTLS asks for nothing else.");

    private Socket Listen()
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                // As Kestrel does for the door: all addresses are those of both families.
                listener.DualMode = true;
            }

            listener.Bind(new IPEndPoint(address, 0));
            listener.Listen();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"The agent cannot listen at {address} ({e.SocketErrorCode}).", e);
        }
    }

    private async Task ServeAsync(
        Socket listener,
        byte[] secret,
        Func<NetworkStream, Task> carry,
        CancellationToken ended
    )
    {
        try
        {
            await using var stream = await TakeAsync(listener, secret, ended);
            await carry(stream);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The stream's end tells who sends.
        }
    }

    /// <summary>The first who shows the ticket. Who shows another, or none, does not keep others waiting.</summary>
    private async Task<NetworkStream> TakeAsync(Socket listener, byte[] secret, CancellationToken ended)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var taken = CancellationTokenSource.CreateLinkedTokenSource(ended, late.Token);
        var shown = new TaskCompletionSource<NetworkStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepting = AcceptAsync();
        try
        {
            return await (await Task.WhenAny(shown.Task, accepting));
        }
        finally
        {
            await taken.CancelAsync();
            listener.Dispose();
            await Task.WhenAny(accepting);
        }

        async Task<NetworkStream> AcceptAsync()
        {
            while (true)
            {
                var stream = new NetworkStream(await listener.AcceptAsync(taken.Token), ownsSocket: true);
                _ = AdmitAsync(stream);
            }
        }

        async Task AdmitAsync(NetworkStream stream)
        {
            if (!await ShowsAsync(stream, secret, taken.Token) || !shown.TrySetResult(stream))
            {
                await stream.DisposeAsync();
            }
        }
    }

    private static async Task<bool> ShowsAsync(NetworkStream stream, byte[] secret, CancellationToken taken)
    {
        try
        {
            SilentPeers.GiveUpOn(stream.Socket);
            var begin = new byte[secret.Length];
            await stream.ReadExactlyAsync(begin, taken);
            return CryptographicOperations.FixedTimeEquals(begin, secret);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            return false;
        }
    }
}

/// <summary>What lets one stream in plain text in.</summary>
/// <param name="Port">Where it is let in.</param>
/// <param name="Secret">What it begins with.</param>
internal sealed record PlainTicket(int Port, string Secret);
