using System.Text.Json.Nodes;

namespace Vireo.Tests.ApiServer;

/// <summary>Reads the events of a watch one by one.</summary>
internal sealed class WatchReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private WatchReader(HttpResponseMessage response, Stream stream) =>
        (_response, _lines) = (response, new StreamReader(stream));

    public string? ContentType => _response.Content.Headers.ContentType?.ToString();

    public static async Task<WatchReader> StartAsync(HttpClient client, string path, string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path + (path.Contains('?') ? "&" : "?") + "watch=true");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        var response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
            .WaitAsync(Patience);
        response.StatusCode.ShouldBe(
            System.Net.HttpStatusCode.OK,
            response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync()
        );
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event, or null when the watch has ended.</summary>
    public async Task<JsonObject?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var line = await _lines.ReadLineAsync(patience.Token);
        return line is null ? null : JsonNode.Parse(line)!.AsObject();
    }

    /// <summary>The next event as <c>TYPE name</c>.</summary>
    public async Task<string> NextWordAsync()
    {
        var next = await NextAsync();
        return next is null ? "END" : $"{next["type"]} {next["object"]?["metadata"]?["name"]}".TrimEnd();
    }

    public void Dispose()
    {
        _response.Dispose();
        _lines.Dispose();
    }
}
