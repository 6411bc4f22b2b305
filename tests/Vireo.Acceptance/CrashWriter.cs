using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>Writes objects of its own as fast as it is answered, and knows what the server must still know.</summary>
/// <param name="id">Names its objects.</param>
/// <param name="random">Chooses what it does.</param>
internal sealed class CrashWriter(int id, Random random)
{
    private const int Names = 6;
    private const string Collection = "/api/v1/namespaces/default/configmaps";

    private readonly Dictionary<string, string?> _acknowledged = new(StringComparer.Ordinal);
    private (string Name, string? Value)? _unanswered;
    private int _next;

    /// <summary>Writes that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>The greatest revision that it was told.</summary>
    public long Newest { get; private set; }

    /// <summary>What an object says; those that the server made for itself say nothing here.</summary>
    public static string ValueOf(JsonNode item) => item["data"]?["v"]?.ToString() ?? "";

    /// <summary>Writes until the server is gone.</summary>
    public async Task RunAsync(HttpClient client, CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                await StepAsync(client, ct);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It was killed: whether the last write was done nobody has said.
        }
    }

    /// <summary>
    /// What the server has of this writer must be what it acknowledged, or the write it did not answer.
    /// </summary>
    /// <param name="stored">All objects and their values.</param>
    public void Check(IReadOnlyDictionary<string, string> stored)
    {
        foreach (var name in Enumerable.Range(0, Names).Select(Name))
        {
            var found = stored.GetValueOrDefault(name);
            var acknowledged = _acknowledged.GetValueOrDefault(name);
            if (found != acknowledged && !(_unanswered is var (last, value) && last == name && found == value))
            {
                throw new InvalidOperationException(
                    $"{name} is {found ?? "gone"} and was acknowledged as {acknowledged ?? "gone"}; not answered: {_unanswered}"
                );
            }

            _acknowledged[name] = found;
        }

        _unanswered = null;
    }

    private async Task StepAsync(HttpClient client, CancellationToken ct)
    {
        var name = Name(random.Next(Names));
        var isThere = _acknowledged.GetValueOrDefault(name) is not null;
        var value = isThere && random.Next(3) == 0 ? null : $"{++_next}-{new string('x', random.Next(2000))}";
        _unanswered = (name, value);
        using var request = (isThere, value) switch
        {
            (false, _) => Request(
                HttpMethod.Post,
                Collection,
                $$"""{"metadata":{"name":"{{name}}"},"data":{"v":"{{value}}"} }""",
                "application/json"
            ),
            (true, null) => new HttpRequestMessage(HttpMethod.Delete, $"{Collection}/{name}"),
            _ => Request(
                HttpMethod.Patch,
                $"{Collection}/{name}",
                $$"""{"data":{"v":"{{value}}"} }""",
                "application/merge-patch+json"
            ),
        };
        using var answer = await client.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{request.Method} {name}: {text}");
        _acknowledged[name] = value;
        _unanswered = null;
        Answered++;
        if (JsonNode.Parse(text)!["metadata"]?["resourceVersion"] is { } revision)
        {
            Newest = long.Parse(revision.ToString(), null);
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string body, string type)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return new(method, path) { Content = content };
    }

    private string Name(int number) => $"w{id}-{number}";
}
