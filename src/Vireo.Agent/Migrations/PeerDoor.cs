using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Reaches other agents by their doors: the only place that knows how.</summary>
/// <param name="allowsPlain">True while guests may be moved unencrypted.</param>
/// <param name="time">Bounds what is waited for.</param>
/// <param name="tls">How this agent shows who it is, and whom it trusts; null when it has no certificate.</param>
internal sealed class PeerDoor(
    Func<bool> allowsPlain,
    TimeProvider time,
    Func<SslClientAuthenticationOptions>? tls = null
) : IDisposable
{
    /// <summary>The protocol that a stream between agents is upgraded to: bytes as they come.</summary>
    public const string Protocol = "vireo-stream";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _doors = new(StringComparer.Ordinal);

    /// <summary>Asks the agent behind a door.</summary>
    /// <param name="endpoint">What its host's status.endpoint says.</param>
    /// <param name="request">The method, the path and the body.</param>
    /// <param name="answer">The form of the answer.</param>
    /// <param name="ct">Ends the try.</param>
    /// <exception cref="PeerException">It is not reached, or refuses.</exception>
    public async Task<T> AskAsync<T>(
        string endpoint,
        (HttpMethod Method, string Path, HttpContent? Body) request,
        JsonTypeInfo<T> answer,
        CancellationToken ct
    )
    {
        using var message = new HttpRequestMessage(request.Method, AddressOf(endpoint, request.Path))
        {
            Content = request.Body,
        };
        using var response = await SendAsync(endpoint, message, ct);
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        return JsonSerializer.Deserialize(body, answer)
            ?? throw new PeerException($"The agent at {endpoint} answered nothing.", isRefusal: false);
    }

    /// <summary>Opens a stream to the agent behind a door. The caller disposes it.</summary>
    /// <exception cref="PeerException">It is not reached, or refuses.</exception>
    public async Task<Stream> OpenAsync(string endpoint, string path, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, AddressOf(endpoint, path));
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.Add(new ProductHeaderValue(Protocol));
        var response = await SendAsync(endpoint, message, ct);
        return await response.Content.ReadAsStreamAsync(ct);
    }

    public void Dispose()
    {
        foreach (var door in _doors.Values)
        {
            door.Dispose();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string endpoint,
        HttpRequestMessage message,
        CancellationToken ct
    )
    {
        message.Version = HttpVersion.Version11;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var isStream = message.Headers.Upgrade.Count > 0;
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var response = await DoorOf(endpoint).SendAsync(message, either.Token);
            return response.StatusCode == (isStream ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.OK)
                ? response
                : throw await RefusalAsync(endpoint, response, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new PeerException($"The agent at {endpoint} is not reached: {e.Message}", isRefusal: false, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new PeerException($"The agent at {endpoint} does not answer.", isRefusal: false, e);
        }
    }

    private static async Task<PeerException> RefusalAsync(
        string endpoint,
        HttpResponseMessage response,
        CancellationToken ct
    )
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            try
            {
                var status = JsonSerializer.Deserialize(body, ApiJson.Default.Status);
                return new(status?.Message ?? $"The agent at {endpoint} refuses.", isRefusal: true)
                {
                    IsNotReady = response.StatusCode == HttpStatusCode.Conflict,
                };
            }
            catch (JsonException e)
            {
                return new($"The agent at {endpoint} answered {(int)response.StatusCode}.", isRefusal: true, e);
            }
        }
    }

    private static Uri AddressOf(string endpoint, string path) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new(uri!, path)
            : new(new Uri("http://agent/"), path);

    private HttpMessageInvoker DoorOf(string endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("unix" or "http" or "https"))
        {
            throw new PeerException($"'{endpoint}' is no address of an agent.", isRefusal: false);
        }

        if (uri.Scheme == "http" && !allowsPlain())
        {
            throw new PeerException(
                $"The agent at {endpoint} is not reached by TLS, and guests are moved encrypted only: let that host join "
                    + "with a certificate, or set migrations.disableTLS.",
                isRefusal: false
            );
        }

        return _doors.GetOrAdd(uri.GetLeftPart(UriPartial.Authority) + (uri.Scheme == "unix" ? uri.LocalPath : ""), _ => Open(uri));
    }

    private HttpMessageInvoker Open(Uri uri)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
        };
        if (uri.Scheme == "unix")
        {
            handler.ConnectCallback = (_, ct) => ConnectAsync(uri.LocalPath, ct);
        }
        else if (uri.Scheme == "https")
        {
            handler.SslOptions =
                tls?.Invoke()
                ?? throw new PeerException(
                    $"This host's agent has no certificate to show to the one at {uri}: let it join with a token.",
                    isRefusal: false
                );
        }

        return new(handler);
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Another host's agent is not reached, or refuses.</summary>
/// <param name="message">Why, for a person.</param>
/// <param name="isRefusal">True when it answered, and no.</param>
/// <param name="inner">What was seen of it.</param>
internal sealed class PeerException(string message, bool isRefusal, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>True when it answered, and no.</summary>
    public bool IsRefusal { get; } = isRefusal;

    /// <summary>True when it will say yes later.</summary>
    public bool IsNotReady { get; init; }
}
