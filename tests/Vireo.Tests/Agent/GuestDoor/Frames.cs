using System.Net.WebSockets;
using System.Text;

namespace Vireo.Tests.Agent;

/// <summary>A client's reading and writing of a stream.</summary>
internal static class Frames
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task WriteAsync(this ClientWebSocket web, ReadOnlyMemory<byte> bytes)
    {
        using var end = new CancellationTokenSource(Patience);
        await web.SendAsync(bytes, WebSocketMessageType.Binary, true, end.Token);
    }

    public static Task WriteAsync(this ClientWebSocket web, string text) =>
        web.WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Reads until what came satisfies, or the stream ends; fails when neither happens.</summary>
    public static async Task<string> ReadUntilAsync(this ClientWebSocket web, Func<StringBuilder, bool> isEnough)
    {
        using var end = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        var text = new StringBuilder();
        while (!isEnough(text))
        {
            var got = await web.ReceiveAsync(buffer.AsMemory(), end.Token);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            got.MessageType.ShouldBe(WebSocketMessageType.Binary);
            text.Append(Encoding.ASCII.GetString(buffer, 0, got.Count));
        }

        return text.ToString();
    }

    public static Task<string> ReadUntilAsync(this ClientWebSocket web, string end) =>
        web.ReadUntilAsync(text => text.ToString().EndsWith(end, StringComparison.Ordinal));

    public static Task<string> ReadToEndAsync(this ClientWebSocket web) => web.ReadUntilAsync(_ => false);

    public static async Task LeaveAsync(this ClientWebSocket web)
    {
        using var end = new CancellationTokenSource(Patience);
        await web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, end.Token);
    }
}
