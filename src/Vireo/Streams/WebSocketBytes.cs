using System.Net.WebSockets;

namespace Vireo.Streams;

/// <summary>A WebSocket of the sub-protocol <c>plain.kubevirt.io</c> as the bytes that it carries.</summary>
internal static class WebSocketBytes
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Copies what comes until the other side ends it, in good order or not.</summary>
    /// <returns>Why it ended, in the other side's words; empty when it gave none.</returns>
    public static async Task<string> CopyToAsync(
        this WebSocket socket,
        Func<ReadOnlyMemory<byte>, Task> write,
        CancellationToken ct
    )
    {
        var buffer = new byte[BufferSize];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                return socket.CloseStatusDescription ?? "";
            }

            if (frame.MessageType == WebSocketMessageType.Binary)
            {
                await write(buffer.AsMemory(0, frame.Count));
            }
        }
    }

    /// <summary>Copies until the input ends.</summary>
    public static async Task CopyFromAsync(this WebSocket socket, Stream input, CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        while (await input.ReadAsync(buffer, ct) is > 0 and var count)
        {
            await socket.SendBytesAsync(buffer.AsMemory(0, count), ct);
        }
    }

    /// <summary>Sends bytes as one message.</summary>
    public static ValueTask SendBytesAsync(this WebSocket socket, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, ct);

    /// <summary>Copies both ways until one side ends, then ends the other.</summary>
    public static async Task JoinAsync(this WebSocket socket, Stream input, Stream output, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = socket.CopyFromAsync(input, stop.Token);
        var down = socket.CopyToAsync(
            async bytes =>
            {
                await output.WriteAsync(bytes, stop.Token);
                await output.FlushAsync(stop.Token);
            },
            stop.Token
        );
        try
        {
            if (await Task.WhenAny(up, down) == up)
            {
                await up;
                // What has been asked may still be answered: the other side ends when it has.
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop.Token);
            }

            await down;
        }
        finally
        {
            // A read of standard input cannot be called off: nobody waits for it.
            await stop.CancelAsync();
        }
    }
}
