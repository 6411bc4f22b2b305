using System.Net.Sockets;

namespace Vireo.Agent;

/// <summary>Carries bytes between two streams, both ways, until one of them ends.</summary>
internal static class StreamPump
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Returns when one side has ended and all that it sent is passed on; then closes both.</summary>
    /// <returns>True when the first ended by itself, false when the second did or something failed.</returns>
    public static async Task<bool> RunAsync(Stream first, Stream second, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var forth = CopyAsync(first, second, ending.Token);
        var back = CopyAsync(second, first, ending.Token);
        var ended = await Task.WhenAny(forth, back);
        await ending.CancelAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        var isFirst = await forth;
        await back;
        return ended == forth && isFirst;
    }

    /// <summary>True when it came to the end of what it reads.</summary>
    private static async Task<bool> CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReadAsync(buffer, ct) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), ct);
                await to.FlushAsync(ct);
            }

            return true;
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }
}
