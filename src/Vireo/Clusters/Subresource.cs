using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Asks for actions, and for what only a subresource tells.</summary>
internal static class Subresource
{
    /// <summary>Asks for an action.</summary>
    public static async Task PutAsync<T>(
        this KubernetesClient client,
        string path,
        T body,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
    {
        using var request = Request(HttpMethod.Put, path);
        request.Content = Json(JsonSerializer.SerializeToUtf8Bytes(body, type));
        using var response = await client.SendAsync(request, ct);
    }

    /// <summary>Asks for an action that has no options.</summary>
    public static async Task PutAsync(this KubernetesClient client, string path, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Put, path);
        using var response = await client.SendAsync(request, ct);
    }

    /// <summary>Reads an answer in JSON.</summary>
    public static Task<JsonNode> GetJsonAsync(this KubernetesClient client, string path, CancellationToken ct) =>
        ReadJsonAsync(client, Request(HttpMethod.Get, path), ct);

    /// <summary>Sends an object and reads what the server makes of it.</summary>
    public static Task<JsonNode> PutJsonAsync(
        this KubernetesClient client,
        string path,
        JsonNode body,
        CancellationToken ct
    )
    {
        var request = Request(HttpMethod.Put, path);
        request.Content = Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        return ReadJsonAsync(client, request, ct);
    }

    /// <summary>Makes an object of a kind that has no type here, and reads what the server makes of it.</summary>
    public static Task<JsonNode> PostJsonAsync(
        this KubernetesClient client,
        string path,
        JsonNode body,
        CancellationToken ct
    )
    {
        var request = Request(HttpMethod.Post, path);
        request.Content = Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        return ReadJsonAsync(client, request, ct);
    }

    /// <summary>Reads an answer that is no JSON.</summary>
    public static async Task<byte[]> GetBytesAsync(this KubernetesClient client, string path, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, path);
        request.Headers.Accept.Clear();
        using var response = await client.SendAsync(request, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    private static async Task<JsonNode> ReadJsonAsync(
        KubernetesClient client,
        HttpRequestMessage request,
        CancellationToken ct
    )
    {
        using (request)
        {
            using var response = await client.SendAsync(request, ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            try
            {
                return JsonNode.Parse(body) ?? new JsonObject();
            }
            catch (JsonException e)
            {
                throw new ApiException(
                    Reason.InternalError,
                    $"{request.RequestUri} was not answered in JSON: {e.Message} Check that the server is of a version "
                        + "that this program knows.",
                    e
                );
            }
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path) =>
        new(method, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } } };

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
