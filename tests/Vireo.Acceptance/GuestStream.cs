using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace Vireo.Acceptance;

/// <summary>A console or another stream of a guest, over the API.</summary>
internal sealed class GuestStream(ClientWebSocket socket, string path) : IAsyncDisposable
{
    public const string Protocol = "plain.kubevirt.io";

    private readonly List<byte> _received = [];
    private Task? _reading;

    public string? SubProtocol => socket.SubProtocol;

    /// <summary>All that has come until now, as Latin-1: each byte is one character.</summary>
    public string Received
    {
        get
        {
            lock (_received)
            {
                return Encoding.Latin1.GetString([.. _received]);
            }
        }
    }

    /// <summary>True once the other side has ended it.</summary>
    public bool IsOver => _reading is { IsCompleted: true };

    public async Task SendAsync(string text) =>
        await socket.SendAsync(
            Encoding.Latin1.GetBytes(text),
            WebSocketMessageType.Binary,
            endOfMessage: true,
            TestContext.Current.CancellationToken
        );

    /// <summary>Reads until this has come, from the start of the stream or, where told, after so many characters.</summary>
    public async Task<string> ReadUntilAsync(string text, int after = 0, int timeoutSeconds = 30)
    {
        StartReading();
        var clock = Stopwatch.StartNew();
        while (!Received[Math.Min(after, Received.Length)..].Contains(text, StringComparison.Ordinal))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(timeoutSeconds) || IsOver)
            {
                throw new TimeoutException(
                    $"{path}: '{text}' did not come{(IsOver ? " before the stream ended" : "")}. Received:\n{Received}"
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }

        return Received;
    }

    /// <summary>Waits until the other side ends the stream.</summary>
    public async Task EndsAsync()
    {
        StartReading();
        await Eventually.Holds(() => Task.FromResult(IsOver), $"the stream {path} is ended by the other side");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            StartReading();
            await _reading!.WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It was over already: vireo was killed, or the guest ended.
        }

        socket.Dispose();
    }

    private void StartReading() => _reading ??= Task.Run(ReadAsync);

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                lock (_received)
                {
                    _received.AddRange(buffer.AsSpan(0, result.Count));
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
        {
            // The other side is gone.
        }
    }
}
