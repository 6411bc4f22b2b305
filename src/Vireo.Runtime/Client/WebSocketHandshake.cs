using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Vireo.Runtime;

/// <summary>Opens a WebSocket on the connection of an HTTP request.</summary>
/// <remarks>
/// Done by hand, because the platform's own client throws away the body of a refusal, and that body is the
/// <c>Status</c> that says why.
/// </remarks>
public static class WebSocketHandshake
{
    /// <summary>The sub-protocol of every stream: binary frames that carry plain bytes.</summary>
    public const string Protocol = "plain.kubevirt.io";

    /// <summary>How often a silent stream shows that it lives.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>What RFC 6455 has the server append to the key before it is hashed.</summary>
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private const string KeyHeader = "Sec-WebSocket-Key";
    private const string AnswerHeader = "Sec-WebSocket-Accept";
    private const string ProtocolHeader = "Sec-WebSocket-Protocol";

    /// <summary>Makes a request ask for a WebSocket. Only HTTP/1.1 has a connection to give away.</summary>
    public static void Ask(HttpRequestMessage request)
    {
        request.Method = HttpMethod.Get;
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add(ProtocolHeader, Protocol);
        request.Headers.Add(KeyHeader, Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
    }

    /// <summary>Takes over the connection of an answer to <see cref="Ask"/>.</summary>
    /// <param name="response">An answer 101, whose body nobody read. The socket is its owner from now on.</param>
    /// <param name="ct">Ends the try.</param>
    /// <exception cref="WebSocketException">The answer is not what RFC 6455 asks for.</exception>
    public static async Task<WebSocket> CompleteAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var key = response.RequestMessage?.Headers.GetValues(KeyHeader).Single();
        var answer = Header(response, AnswerHeader);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols || answer != AnswerTo(key ?? ""))
        {
            throw new WebSocketException(
                WebSocketError.NotAWebSocket,
                $"{response.RequestMessage?.RequestUri} was answered with {(int)response.StatusCode} "
                    + $"{response.ReasonPhrase}, and with no WebSocket. Ask the server itself, without a proxy between."
            );
        }

        return WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(ct),
            new WebSocketCreationOptions
            {
                IsServer = false,
                SubProtocol = Header(response, ProtocolHeader),
                KeepAliveInterval = KeepAlive,
            }
        );
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 has it so; nothing is kept secret by it.")]
    private static string AnswerTo(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
}
