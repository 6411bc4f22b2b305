using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>The API as a program meets it: HTTPS and WebSockets with the administrator's certificate.</summary>
internal sealed class Api : IDisposable
{
    public const string Kubevirt = "/apis/kubevirt.io/v1/namespaces/default";
    public const string Subresources = "/apis/subresources.kubevirt.io/v1/namespaces/default";

    private readonly HttpClient _http;
    private readonly X509Certificate2 _client;
    private readonly X509Certificate2 _authority;

    private readonly NetworkNamespace? _network;

    /// <param name="network">The network that the server is in, where that is another than this.</param>
    public Api(string kubeconfig, string server, NetworkNamespace? network = null)
    {
        _network = network;
        var text = File.ReadAllText(kubeconfig);
        _authority = X509Certificate2.CreateFromPem(Decoded(text, "certificate-authority-data"));
        _client = X509Certificate2.CreateFromPem(
            Decoded(text, "client-certificate-data"),
            Decoded(text, "client-key-data")
        );
        _http = new(Connections()) { BaseAddress = new(server) };
    }

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? body = null, string? type = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type ?? "application/json");
        }

        return await SendAsync(request);
    }

    public Task<ApiAnswer> PutAsync(string path, string? body = null) => SendAsync(HttpMethod.Put, path, body);

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PatchAsync(string path, string patch) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    /// <summary>One object, or null when it is not there.</summary>
    public async Task<JsonNode?> FindAsync(string path)
    {
        var answer = await GetAsync(path);
        return answer.Code == 404 ? null : answer.ShouldBe(200).Json;
    }

    /// <summary>Whether the server answers, and says that it is ready.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await GetAsync("/readyz")).Code == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Asks for a stream and reads the refusal: .NET's own WebSocket keeps only its code.</summary>
    public async Task<ApiAnswer> AskForStreamAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(Guid.NewGuid().ToByteArray()));
        request.Headers.Add("Sec-WebSocket-Protocol", GuestStream.Protocol);
        return await SendAsync(request);
    }

    public async Task<GuestStream> OpenStreamAsync(string path)
    {
        var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.AddSubProtocol(GuestStream.Protocol);
        var address = new UriBuilder(_http.BaseAddress!) { Scheme = "wss", Path = path }.Uri;
        using var connection = new HttpMessageInvoker(Connections());
        await socket.ConnectAsync(address, connection, TestContext.Current.CancellationToken);
        return new(socket, path);
    }

    public void Dispose()
    {
        _http.Dispose();
        _client.Dispose();
        _authority.Dispose();
    }

    private async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        var bytes = (int)answer.StatusCode == 101 ? [] : await answer.Content.ReadAsByteArrayAsync(limit.Token);
        return new(
            $"{request.Method} {request.RequestUri}",
            (int)answer.StatusCode,
            answer.Content.Headers.ContentType?.MediaType,
            bytes
        );
    }

    private SocketsHttpHandler Connections()
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new() { ClientCertificates = [_client], RemoteCertificateValidationCallback = IsServer },
        };
        if (_network is not null)
        {
            handler.ConnectCallback = async (context, ct) => await _network.ConnectAsync(context.DnsEndPoint.Port, ct);
        }

        return handler;
    }

    private bool IsServer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        using var trust = new X509Chain();
        trust.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        trust.ChainPolicy.CustomTrustStore.Add(_authority);
        trust.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return certificate is X509Certificate2 server && trust.Build(server);
    }

    private static string Decoded(string kubeconfig, string key)
    {
        var line = kubeconfig.Split('\n').First(candidate => candidate.Contains($"{key}:", StringComparison.Ordinal));
        return Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(':', 2)[1].Trim(' ', '"')));
    }
}
