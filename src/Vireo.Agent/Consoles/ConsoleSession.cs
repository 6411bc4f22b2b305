using System.Threading.Channels;

namespace Vireo.Agent;

/// <summary>One client at a guest's serial console: what the guest wrote lately, then all it writes.</summary>
/// <remarks>
/// QEMU writes everything to the log, whether somebody is connected or not, and the same to the socket: so the client
/// is served from the log, where nothing is lost or doubled while it attaches, and the socket only tells that there is
/// more. It is drained whatever the client does: a slow one never holds up the guest.
/// </remarks>
/// <param name="guest">The console's socket.</param>
/// <param name="log">What the guest wrote; null for a console that keeps no log.</param>
/// <param name="client">The client.</param>
/// <param name="time">Times looks at the log.</param>
internal sealed class ConsoleSession(Stream guest, ConsoleLog? log, ClientStream client, TimeProvider time)
{
    /// <summary>How much of the past a client gets when it attaches.</summary>
    public const int TailBytes = 64 * 1024;

    /// <summary>How many reads without a log are kept for a slow client; older ones are dropped.</summary>
    private const int UnloggedReads = 32;

    /// <summary>The log may have bytes a moment after the socket had them: it is looked at again so soon.</summary>
    private static readonly TimeSpan SoonAgain = TimeSpan.FromMilliseconds(15);

    private const int LooksSoonAgain = 10;

    /// <summary>How often the log is looked at when the socket is silent.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly Signal _more = new();
    private readonly Channel<byte[]> _unlogged = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(UnloggedReads) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    /// <summary>Serves the client until it goes, the guest ends, or the session is ended.</summary>
    /// <param name="leave">Called as soon as another client may have the console.</param>
    /// <param name="stopping">Ends the session.</param>
    public Task RunAsync(Action leave, CancellationToken stopping) =>
        client.RunAsync((bytes, _, ct) => guest.WriteAsync(bytes, ct), ct => GiveAsync(leave, ct), stopping);

    private async Task GiveAsync(Action leave, CancellationToken ct)
    {
        try
        {
            var draining = DrainAsync(ct);
            await (log is null ? GiveUnloggedAsync(ct) : GiveLoggedAsync(log, draining, ct));
        }
        finally
        {
            leave();
        }
    }

    private async Task GiveLoggedAsync(ConsoleLog from, Task draining, CancellationToken ct)
    {
        using var _ = from;
        var position = from.Tail(TailBytes);
        var now = from.Tail(0);
        var buffer = new byte[ClientStream.BufferBytes];
        var soon = 0;
        while (true)
        {
            var hasEnded = draining.IsCompleted;
            if (hasEnded)
            {
                await Task.Delay(SoonAgain, time, ct);
            }

            while (Read(from, ref position, now, buffer) is { IsEmpty: false } bytes)
            {
                ct.ThrowIfCancellationRequested();
                await client.SendAsync(bytes);
            }

            if (hasEnded)
            {
                return;
            }

            soon = await _more.WaitAsync(soon > 0 ? SoonAgain : Idle, time, ct) ? LooksSoonAgain : soon - 1;
        }
    }

    /// <summary>Reads what is past and what is new apart: of the past, nothing that a terminal would answer.</summary>
    private static Memory<byte> Read(ConsoleLog from, ref long position, long now, Memory<byte> buffer)
    {
        while (position < now)
        {
            var past = buffer[..(int)Math.Min(buffer.Length, now - position)];
            var count = from.Read(ref position, past.Span);
            var kept = TerminalQueries.Remove(past.Span[..count]);
            if (kept > 0 || count == 0)
            {
                return past[..kept];
            }
        }

        return buffer[..from.Read(ref position, buffer.Span)];
    }

    private async Task GiveUnloggedAsync(CancellationToken ct)
    {
        await foreach (var bytes in _unlogged.Reader.ReadAllAsync(ct))
        {
            await client.SendAsync(bytes);
        }
    }

    private async Task DrainAsync(CancellationToken ct)
    {
        var buffer = new byte[ClientStream.BufferBytes];
        try
        {
            while (await guest.ReadAsync(buffer, ct) is > 0 and var count)
            {
                if (log is null)
                {
                    _unlogged.Writer.TryWrite(buffer[..count]);
                }

                _more.Raise();
            }
        }
        catch (Exception e) when (ClientStream.IsEnd(e))
        {
            // The guest was killed, or the client is gone.
        }
        finally
        {
            _unlogged.Writer.TryComplete();
            _more.Raise();
        }
    }
}
