using System.Net.WebSockets;

namespace Vireo.Streams;

/// <summary>Why a console session is over.</summary>
internal enum ConsoleEnd
{
    /// <summary>The user typed the key that leaves.</summary>
    Left,

    /// <summary>The input that was piped in is at its end, and the guest is silent.</summary>
    InputEnded,

    /// <summary>The server ended it: the guest is gone, or the server is.</summary>
    Closed,
}

/// <summary>Keys to a guest's serial console, and what the guest writes back.</summary>
internal sealed class ConsoleSession(WebSocket socket, Stream input, Stream output, TimeProvider time)
{
    /// <summary>Ctrl+]: leaves the console. It never reaches the guest.</summary>
    public const byte Escape = 0x1d;

    /// <summary>A guest that is silent for this long has answered what was piped to it.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private long _lastOutput;

    /// <summary>Why it ended; and of a session that the server ended, its words.</summary>
    public async Task<(ConsoleEnd End, string Reason)> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _lastOutput = time.GetTimestamp();
        var down = ShowAsync(stop.Token);
        var up = SendAsync(stop.Token);
        try
        {
            if (await Task.WhenAny(up, down) == down)
            {
                return (ConsoleEnd.Closed, await down);
            }

            var end = await up;
            if (end == ConsoleEnd.InputEnded)
            {
                await SilenceAsync(down, stop.Token);
            }

            return down is { IsCompletedSuccessfully: true, Result: var reason }
                ? (ConsoleEnd.Closed, reason)
                : (end, "");
        }
        finally
        {
            // A read of a terminal cannot be called off: nobody waits for it.
            await stop.CancelAsync();
        }
    }

    private async Task<ConsoleEnd> SendAsync(CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (await input.ReadAsync(buffer, ct) is > 0 and var count)
        {
            var escape = buffer.AsSpan(0, count).IndexOf(Escape);
            var typed = escape < 0 ? count : escape;
            if (typed > 0)
            {
                await socket.SendBytesAsync(buffer.AsMemory(0, typed), ct);
            }

            if (escape >= 0)
            {
                return ConsoleEnd.Left;
            }
        }

        return ConsoleEnd.InputEnded;
    }

    private Task<string> ShowAsync(CancellationToken ct) =>
        socket.CopyToAsync(
            async bytes =>
            {
                await output.WriteAsync(bytes, ct);
                await output.FlushAsync(ct);
                Volatile.Write(ref _lastOutput, time.GetTimestamp());
            },
            ct
        );

    private async Task SilenceAsync(Task down, CancellationToken ct)
    {
        var left = Silence;
        while (left > TimeSpan.Zero && !down.IsCompleted)
        {
            await Task.WhenAny(down, Task.Delay(left, time, ct));
            left = Silence - time.GetElapsedTime(Volatile.Read(ref _lastOutput));
        }
    }
}
