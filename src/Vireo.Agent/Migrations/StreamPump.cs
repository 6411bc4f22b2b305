using System.IO.Pipelines;
using System.Net.Sockets;

namespace Vireo.Agent;

/// <summary>Carries bytes between two streams, both ways, until one of them ends.</summary>
internal static class StreamPump
{
    private const int PieceBytes = 64 * 1024;

    private static readonly PipeOptions Options = new(
        minimumSegmentSize: PieceBytes,
        pauseWriterThreshold: 4 * PieceBytes,
        resumeWriterThreshold: 2 * PieceBytes
    );

    /// <summary>Returns when one side has ended and all that it sent is passed on; then closes both.</summary>
    /// <param name="first">One side.</param>
    /// <param name="second">The other.</param>
    /// <param name="ct">Ends both.</param>
    /// <param name="secondLost">Awaited before the first is closed when it did not end by itself.</param>
    public static Task RunAsync(
        Stream first,
        Stream second,
        CancellationToken ct,
        Func<CancellationToken, Task>? secondLost = null
    ) =>
        (first, second, secondLost) is (NetworkStream one, NetworkStream other, null)
            ? SocketPump.RunAsync(one.Socket, other.Socket, ct)
            : CopyBothAsync(first, second, secondLost, ct);

    private static async Task CopyBothAsync(
        Stream first,
        Stream second,
        Func<CancellationToken, Task>? secondLost,
        CancellationToken ct
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

    /// <summary>True when it came to the end of what it reads, and has passed all of it on.</summary>
    /// <remarks>
    /// It reads while it writes: who receives a guest's memory is slow, and a TLS record is small.
    /// </remarks>
    private static Task<bool> CopyAsync(Stream from, Stream to, CancellationToken ct) =>
        IsWholeAsync(async () =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var held = new Pipe(Options);
            await Task.WhenAll(ReadAsync(), WriteAsync());

            async Task ReadAsync()
            {
                try
                {
                    await from.CopyToAsync(held.Writer, ending.Token);
                }
                finally
                {
                    await held.Writer.CompleteAsync();
                }
            }

            async Task WriteAsync()
            {
                try
                {
                    await held.Reader.CopyToAsync(to, ending.Token);
                }
                finally
                {
                    await held.Reader.CompleteAsync();
                    await ending.CancelAsync();
                }
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
