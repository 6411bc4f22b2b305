using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Vireo.Agent;

/// <summary>Takes what a client sent; returns when it is passed on, so that a slow guest slows its client.</summary>
/// <param name="bytes">The bytes, valid until it returns.</param>
/// <param name="isEnd">True when they end a frame's message.</param>
/// <param name="ct">Cancelled when the stream ends.</param>
internal delegate ValueTask TakeBytes(ReadOnlyMemory<byte> bytes, bool isEnd, CancellationToken ct);

/// <summary>A client's end of a stream: binary frames both ways, until one side ends it.</summary>
/// <param name="web">The open WebSocket.</param>
/// <param name="time">Bounds the farewell.</param>
internal sealed class ClientStream(WebSocket web, TimeProvider time)
{
    /// <summary>The sub-protocol that says so.</summary>
    public const string Protocol = "plain.kubevirt.io";

    /// <summary>The most that a frame of ours carries.</summary>
    public const int BufferBytes = 32 * 1024;

    /// <summary>How long a client may take to agree to the end.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Carries both ways until the guest's side is done, the client goes, or the stream is ended.</summary>
    /// <param name="take">Given what the client sends.</param>
    /// <param name="give">Sends by <see cref="SendAsync"/> until the guest's side ends or it is cancelled.</param>
    /// <param name="stopping">Ends the stream.</param>
    public async Task RunAsync(TakeBytes take, Func<CancellationToken, Task> give, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var receiving = ReceiveAsync(take, ending.Token);
        var giving = give(ending.Token);
        await Task.WhenAny(receiving, giving);
        await ending.CancelAsync();

        // What is being sent is sent, so that the client has all that came before the end; then both say goodbye.
        var parting = PartAsync(giving, receiving, stopping);
        try
        {
            await parting.WaitAsync(Farewell, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // A client that does not listen is not waited for.
        }

        web.Abort();
        await parting;
    }

    /// <summary>Sends one frame; waits while the client does not keep up.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) =>
        // Not to be cancelled: that would tear the connection down, with what is on its way.
        web.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>True for what is thrown when the other side, or our own end of the stream, is gone.</summary>
    public static bool IsEnd(Exception e) =>
        e
            is OperationCanceledException
                or WebSocketException
                or IOException
                or SocketException
                or ObjectDisposedException;

    private async Task PartAsync(Task giving, Task receiving, CancellationToken stopping)
    {
        await EndOfAsync(giving);
        if (web.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            var (status, why) = stopping.IsCancellationRequested
                ? (WebSocketCloseStatus.EndpointUnavailable, "the stream was ended on the guest's host")
                : (WebSocketCloseStatus.NormalClosure, "");
            await EndOfAsync(web.CloseOutputAsync(status, why, CancellationToken.None));
        }

        await EndOfAsync(receiving);
    }

    private async Task ReceiveAsync(TakeBytes take, CancellationToken ending)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                var got = await web.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (got.MessageType == WebSocketMessageType.Binary && !ending.IsCancellationRequested)
                {
                    await TakeAsync(take, buffer.AsMemory(0, got.Count), got.EndOfMessage, ending);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task TakeAsync(
        TakeBytes take,
        ReadOnlyMemory<byte> bytes,
        bool isEnd,
        CancellationToken ending
    )
    {
        try
        {
            await take(bytes, isEnd, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // From here on only the client's goodbye counts.
        }
    }

    /// <summary>Waits for the end, whatever way it ends; a bug is not an end.</summary>
    private static async Task EndOfAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The other side is gone, or was asked to go.
        }
    }
}
