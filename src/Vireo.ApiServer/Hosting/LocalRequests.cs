using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Hosting;

/// <summary>Writes through the API as any client does, before there is a client.</summary>
internal sealed class LocalRequests(HttpClient client)
{
    /// <summary>Sends a request and reads the object that answers it.</summary>
    /// <exception cref="ApiServerStartException">It was refused.</exception>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json")),
        };
        using var response = await client.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!.AsObject()
            : throw new ApiServerStartException($"{method} {path} at the start was refused: {text}");
    }
}
