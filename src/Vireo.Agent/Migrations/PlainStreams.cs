using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Streams in plain text at the port of a door that is TLS otherwise: the memory and the disks of guests that come
/// here, where the cluster's <c>migrations.disableTLS</c> asks for it.
/// </summary>
/// <remarks>
/// Nobody is let in who did not ask over TLS first: a stream begins with a ticket that was given there and is good
/// once.
/// </remarks>
/// <param name="isWanted">Says whether the cluster's configuration asks for it now.</param>
internal sealed class PlainStreams(Func<bool> isWanted)
{
    private const int TicketLength = 64;
    private const byte TlsHandshake = 0x16;

    /// <summary>As long as Kestrel gives to a TLS handshake.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Func<IDuplexPipe, Task>> _tickets = new(StringComparer.Ordinal);

    /// <summary>True when the cluster's configuration asks for plain text.</summary>
    public bool IsWanted => isWanted();

    /// <summary>Gives a ticket for one stream.</summary>
    /// <param name="carry">Carries the stream, once it is here.</param>
    /// <param name="ended">Takes the ticket back.</param>
    /// <exception cref="ApiException">The cluster's configuration does not ask for plain text.</exception>
    public string Issue(Func<IDuplexPipe, Task> carry, CancellationToken ended)
    {
        if (!IsWanted)
        {
            throw NotWanted();
        }

        var ticket = RandomNumberGenerator.GetHexString(TicketLength, lowercase: true);
        _tickets[ticket] = carry;
        ended.Register(() => _tickets.TryRemove(ticket, out _));
        return ticket;
    }

    /// <summary>The refusal of a stream in plain text.</summary>
    public static ApiException NotWanted() =>
        new(Reason.Forbidden, "Streams go encrypted: the cluster's migrations.disableTLS asks for nothing else.");

    /// <summary>Takes a new connection, or leaves it to <paramref name="next"/> when it begins as TLS does.</summary>
    public async Task AcceptAsync(ConnectionContext connection, Func<Task> next)
    {
        if (await BeginAsync(connection) is not { } begin)
        {
            return;
        }

        if (begin.Length == 0)
        {
            await next();
        }
        else if (_tickets.TryRemove(begin, out var carry))
        {
            await CarryAsync(carry, connection.Transport);
        }
    }

    /// <summary>The ticket that a connection begins with; empty for TLS, null for nothing of either.</summary>
    private static async Task<string?> BeginAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        end.CancelAfter(Patience);
        try
        {
            var begin = await input.ReadAsync(end.Token);
            if (begin.Buffer.IsEmpty || begin.Buffer.FirstSpan[0] == TlsHandshake)
            {
                input.AdvanceTo(begin.Buffer.Start);
                return begin.Buffer.IsEmpty ? null : "";
            }

            input.AdvanceTo(begin.Buffer.Start);
            begin = await input.ReadAtLeastAsync(TicketLength, end.Token);
            if (begin.Buffer.Length < TicketLength)
            {
                return null;
            }

            var ticket = begin.Buffer.Slice(0, TicketLength);
            var text = Encoding.ASCII.GetString(ticket.ToArray());
            input.AdvanceTo(ticket.End);
            return text;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static async Task CarryAsync(Func<IDuplexPipe, Task> carry, IDuplexPipe stream)
    {
        try
        {
            await carry(stream);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The connection's end tells who sends.
        }
    }
}

/// <summary>What lets one stream in plain text in.</summary>
internal sealed record PlainTicket(string Ticket);
