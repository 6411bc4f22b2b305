using System.Buffers;
using System.Net.WebSockets;

namespace Vireo.ApiServer.Acting;

/// <summary>Carries binary frames between a client and an agent, both ways, until one of them ends it.</summary>
/// <remarks>
/// A frame is read only when the one before it was taken by the other side: a slow reader slows the writer, and nothing
/// heaps up here.
/// </remarks>
/// <param name="client">The client's side.</param>
/// <param name="agent">The agent's side.</param>
/// <param name="abort">Cuts the client off when it does not take its leave.</param>
/// <param name="time">For the time that both sides have to answer a close.</param>
internal sealed class FramePump(WebSocket client, WebSocket agent, Action abort, TimeProvider time)
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>How long both sides have to answer a close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the stream has ended on both sides.</summary>
    /// <returns>How it ended.</returns>
    public async Task<StreamEnd> RunAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource<StreamEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Not cancelled by stopping: that would tear the sockets down before they could be closed.
        using var cut = new CancellationTokenSource();
        await using var registration = stopping.Register(() => stopped.TrySetResult(StreamEnd.Stopping));
        var up = CopyAsync(client, agent, StreamEnd.ClientGone, StreamEnd.AgentGone, cut.Token);
        var down = CopyAsync(agent, client, StreamEnd.AgentGone, StreamEnd.ClientGone, cut.Token);
        var end = await await Task.WhenAny(up, down, stopped.Task);

        var farewell = Task.WhenAll(CloseAsync(client, end, cut.Token), CloseAsync(agent, end, cut.Token), up, down);
        await Task.WhenAny(farewell, Task.Delay(Farewell, time, cut.Token));
        if (!farewell.IsCompleted)
        {
            abort();
        }

        await cut.CancelAsync();
        await farewell;
        return end;
    }

    /// <summary>Copies one way.</summary>
    /// <param name="from">Who writes.</param>
    /// <param name="to">Who reads.</param>
    /// <param name="readFailed">What it means when nothing can be read any more.</param>
    /// <param name="writeFailed">What it means when nothing can be written any more.</param>
    /// <param name="cut">Ends it by force.</param>
    private static async Task<StreamEnd> CopyAsync(
        WebSocket from,
        WebSocket to,
        StreamEnd readFailed,
        StreamEnd writeFailed,
        CancellationToken cut
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var fault = readFailed;
        try
        {
            while (true)
            {
                fault = readFailed;
                var read = await from.ReceiveAsync(buffer.AsMemory(), cut);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    return StreamEnd.ClosedBy(from);
                }

                // Text is not part of the protocol.
                if (read.MessageType == WebSocketMessageType.Binary)
                {
                    fault = writeFailed;
                    await to.SendAsync(
                        buffer.AsMemory(0, read.Count),
                        WebSocketMessageType.Binary,
                        read.EndOfMessage,
                        cut
                    );
                }
            }
        }
        catch (Exception broken) when (IsEnd(broken))
        {
            return fault;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task CloseAsync(WebSocket side, StreamEnd end, CancellationToken cut)
    {
        try
        {
            if (side.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await side.CloseOutputAsync(end.Code, end.Why, cut);
            }
        }
        catch (Exception broken) when (IsEnd(broken))
        {
            // It is gone already, which is as good.
        }
    }

    private static bool IsEnd(Exception broken) =>
        broken is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
