using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Reads and writes objects of any kind in the table through the Kubernetes API.</summary>
/// <param name="http">
/// Its base address is the server; its handler knows who asks. It may also lead straight into a server in this process.
/// </param>
/// <remarks>
/// Every method throws <see cref="ApiException"/> when the answer is not what was asked for, and
/// <see cref="OperationCanceledException"/> only when its own token was cancelled. Safe for use by many at once.
/// </remarks>
public sealed class KubernetesClient(HttpClient http)
{
    private const int MaxTries = 5;

    private static ProductInfoHeaderValue UserAgent { get; } =
        new("vireo", typeof(KubernetesClient).Assembly.GetName().Version?.ToString(3));

    /// <summary>A client over the network with what a kubeconfig or a pod's service account says.</summary>
    /// <exception cref="InvalidOperationException">A certificate or key in it cannot be used.</exception>
    public static KubernetesClient Connect(KubeconfigConnection connection) => new(Connection.Open(connection));

    /// <summary>The object, or null when there is none.</summary>
    public async Task<T?> FindAsync<T>(ResourceKey key, CancellationToken ct)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        using var request = Request(HttpMethod.Get, ResourcePath.OfObject(kind, key));
        try
        {
            return await ReadAsync(request, kind.JsonType, ct);
        }
        catch (ApiException e) when (e.Reason == Reason.NotFound)
        {
            return null;
        }
    }

    /// <summary>One page of objects; all of them when the query has no limit.</summary>
    public async Task<ResourceList<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        using var request = Request(HttpMethod.Get, ResourcePath.OfQuery(kind, query, watch: false));
        using var response = await SendAsync(request, ct);
        return await Answer.ReadListAsync(response, kind.JsonType, ct);
    }

    /// <summary>Makes an object; the answer has what the server added.</summary>
    public async Task<T> CreateAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        if (kind.IsNamespaced && string.IsNullOrEmpty(resource.Metadata.Namespace))
        {
            throw new ArgumentException($"A new {kind.Kind} must name its namespace.", nameof(resource));
        }

        var path = ResourcePath.OfCollection(kind, resource.Metadata.Namespace);
        using var request = Request(HttpMethod.Post, path, Json(resource, kind.JsonType));
        return await ReadAsync(request, kind.JsonType, ct);
    }

    /// <summary>Replaces an object; fails with Conflict when it changed since it was read.</summary>
    public Task<T> ReplaceAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource => PutAsync(resource, subresource: null, ct);

    /// <summary>
    /// Replaces an object's status, through the status subresource where the kind has one, else through the object.
    /// </summary>
    public Task<T> ReplaceStatusAsync<T>(T resource, CancellationToken ct)
        where T : class, IResource =>
        PutAsync(resource, ResourceKinds.Of<T>().HasStatusSubresource ? "status" : null, ct);

    /// <summary>Reads an object, changes it and replaces it; again when somebody else changed it in between.</summary>
    /// <param name="key">The object.</param>
    /// <param name="change">
    /// The object as it is to be; the very object it was given when there is nothing to write.
    /// </param>
    /// <param name="ct">Ends the try.</param>
    /// <returns>The object as it is now, or null when there is none.</returns>
    public Task<T?> ChangeAsync<T>(ResourceKey key, Func<T, T> change, CancellationToken ct)
        where T : class, IResource => ChangeAsync(key, change, ReplaceAsync, ct);

    /// <summary>As <c>ChangeAsync</c>, but only the status is written.</summary>
    public Task<T?> ChangeStatusAsync<T>(ResourceKey key, Func<T, T> change, CancellationToken ct)
        where T : class, IResource => ChangeAsync(key, change, ReplaceStatusAsync, ct);

    /// <summary>Changes a part of an object.</summary>
    /// <param name="key">The object.</param>
    /// <param name="patch">The change.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="subresource">The part that is written alone, such as status; null for the object itself.</param>
    /// <param name="isDryRun">True to be told what would come of it; nothing is written.</param>
    public async Task<T> PatchAsync<T>(
        ResourceKey key,
        Patch patch,
        CancellationToken ct,
        string? subresource = null,
        bool isDryRun = false
    )
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        var body = new StringContent(patch.Body.ToJsonString(), Encoding.UTF8, patch.MediaType);
        var path = ResourcePath.OfObject(kind, key, subresource) + (isDryRun ? "?dryRun=All" : "");
        using var request = Request(HttpMethod.Patch, path, body);
        return await ReadAsync(request, kind.JsonType, ct);
    }

    /// <summary>
    /// Deletes an object; false when it was gone already. With finalizers it stays until they are gone.
    /// </summary>
    public async Task<bool> DeleteAsync<T>(ResourceKey key, DeleteOptions? options, CancellationToken ct)
        where T : class, IResource
    {
        var body = options is null ? null : Json(options, ApiJson.Default.DeleteOptions);
        using var request = Request(HttpMethod.Delete, ResourcePath.OfObject(ResourceKinds.Of<T>(), key), body);
        try
        {
            using var response = await SendAsync(request, ct);
            return true;
        }
        catch (ApiException e) when (e.Reason == Reason.NotFound)
        {
            return false;
        }
    }

    /// <summary>
    /// What happens from the query's revision on. Ends when the server ends it in good order; then watch on from the
    /// last revision. Fails with <see cref="Reason.Expired"/> when the revision is too old: then list again.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        using var request = Request(HttpMethod.Get, ResourcePath.OfQuery(kind, query, watch: true));
        using var response = await SendAsync(request, ct);
        var body = await response.Content.ReadAsStreamAsync(ct);
        await using var stream = new WatchStream<T>(body, request.RequestUri, kind.JsonType);
        while (await stream.NextAsync(ct) is { } message)
        {
            yield return message;
        }
    }

    /// <summary>
    /// Sends a request that has no method of its own here, such as a subresource's. Relative addresses are the
    /// server's.
    /// </summary>
    /// <returns>A successful answer whose body is not yet read. The caller disposes it.</returns>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Version = http.DefaultRequestVersion;
        request.VersionPolicy = http.DefaultVersionPolicy;
        var response = await AskAsync(request, ct);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await Answer.ErrorAsync(response, ct);
        }
    }

    /// <summary>
    /// Opens a stream, such as a console: a WebSocket of sub-protocol <c>plain.kubevirt.io</c>, whose binary frames
    /// carry plain bytes. Only over the network: a server in this process has no connection to give away.
    /// </summary>
    /// <param name="path">The path, with its query; the address is the server's.</param>
    /// <param name="ct">Ends the try to open; an open stream is ended by whoever holds it.</param>
    /// <returns>The open stream. The caller disposes it.</returns>
    /// <exception cref="ApiException">The server refuses: its status says why.</exception>
    public async Task<WebSocket> OpenStreamAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        WebSocketHandshake.Ask(request);
        var response = await AskAsync(request, ct);
        try
        {
            return response.StatusCode == HttpStatusCode.SwitchingProtocols
                ? await WebSocketHandshake.CompleteAsync(response, ct)
                : throw await Answer.ErrorAsync(response, ct);
        }
        catch (WebSocketException e)
        {
            response.Dispose();
            throw new ApiException(Reason.InternalError, e.Message, e);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and gives whatever is answered, its body not yet read.</summary>
    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken ct)
    {
        // A leading slash would leave behind the path of a server that is not at the root of its host.
        if (request.RequestUri is { IsAbsoluteUri: false, OriginalString: ['/', .. var path] })
        {
            request.RequestUri = new Uri(path, UriKind.Relative);
        }

        request.Headers.UserAgent.Add(UserAgent);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Answer.Unreachable(http.BaseAddress, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ApiException(
                Reason.Timeout,
                $"No answer from {http.BaseAddress} within {http.Timeout.TotalSeconds} s. Try again later.",
                e
            );
        }
    }

    private async Task<T?> ChangeAsync<T>(
        ResourceKey key,
        Func<T, T> change,
        Func<T, CancellationToken, Task<T>> write,
        CancellationToken ct
    )
        where T : class, IResource
    {
        for (var tries = 1; ; tries++)
        {
            if (await FindAsync<T>(key, ct) is not { } found)
            {
                return null;
            }

            try
            {
                var wanted = change(found);
                return ReferenceEquals(wanted, found) ? found : await write(wanted, ct);
            }
            catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.NotFound && tries < MaxTries)
            {
                // Somebody was quicker, to change or to remove it: read what they made of it.
            }
        }
    }

    private async Task<T> PutAsync<T>(T resource, string? subresource, CancellationToken ct)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        var path = ResourcePath.OfObject(kind, ResourceKey.Of(resource), subresource);
        using var request = Request(HttpMethod.Put, path, Json(resource, kind.JsonType));
        return await ReadAsync(request, kind.JsonType, ct);
    }

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        using var response = await SendAsync(request, ct);
        return await Answer.ReadAsync(response, type, ct);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, HttpContent? body = null) =>
        new(method, new Uri(path, UriKind.Relative))
        {
            Content = body,
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
}
