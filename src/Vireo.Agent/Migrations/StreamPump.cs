using System.IO.Pipelines;
using System.Net.Sockets;

namespace Vireo.Agent;

/// <summary>Carries bytes between two streams, both ways, until one of them ends.</summary>
internal static class StreamPump
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Returns when one side has ended and all that it sent is passed on; then closes both.</summary>
    /// <param name="first">One side.</param>
    /// <param name="second">The other.</param>
    /// <param name="ct">Ends both.</param>
    /// <param name="secondLost">Awaited before the first is closed when it did not end by itself.</param>
    public static async Task RunAsync(
        Stream first,
        Stream second,
        CancellationToken ct,
        Func<CancellationToken, Task>? secondLost = null
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var forth = CopyAsync(first, second, ending.Token);
        var back = CopyAsync(second, first, ending.Token);
        var ended = await Task.WhenAny(forth, back);
        await ending.CancelAsync();
        await second.DisposeAsync();
        try
        {
            if (secondLost is not null && !(ended == forth && await forth))
            {
                await secondLost(ct);
            }
        }
        finally
        {
            await first.DisposeAsync();
            await Task.WhenAll(forth, back);
        }
    }

    /// <summary>As the other, for a connection whose pipes somebody else closes.</summary>
    public static async Task RunAsync(IDuplexPipe first, Stream second, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var forth = IsWholeAsync(() => first.Input.CopyToAsync(second, ending.Token));
        var back = IsWholeAsync(() => second.CopyToAsync(first.Output, ending.Token));
        await Task.WhenAny(forth, back);
        await ending.CancelAsync();
        await second.DisposeAsync();
        await Task.WhenAll(forth, back);
    }

    /// <summary>True when it came to the end of what it reads.</summary>
    private static Task<bool> CopyAsync(Stream from, Stream to, CancellationToken ct) =>
        IsWholeAsync(async () =>
        {
            var buffer = new byte[BufferBytes];
            while (await from.ReadAsync(buffer, ct) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), ct);
                await to.FlushAsync(ct);
            }
        });

    private static async Task<bool> IsWholeAsync(Func<Task> copy)
    {
        try
        {
            await copy();
            return true;
        }
        catch (Exception e)
            when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }
}
