using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// Follows the changes over all the server's deaths, from where it was, and believes what it is told.
/// </summary>
internal sealed class CrashWatcher
{
    private readonly Dictionary<string, string> _objects = new(StringComparer.Ordinal);

    /// <summary>The revision of the last change it was told.</summary>
    public long Position { get; set; }

    /// <summary>What it believes is there, with its value.</summary>
    public IReadOnlyDictionary<string, string> Objects => _objects;

    /// <summary>Changes it was told.</summary>
    public int Seen { get; private set; }

    /// <summary>Reads on until a revision, or for null until the server is gone.</summary>
    public async Task ReadAsync(HttpClient client, long? until, CancellationToken ct)
    {
        try
        {
            var path = $"/api/v1/namespaces/default/configmaps?watch=true&resourceVersion={Position}";
            using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
            using var lines = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(ct));
            while (Position != until && await lines.ReadLineAsync(ct) is { } line)
            {
                if (JsonNode.Parse(line) is { } next)
                {
                    Take(next);
                }
            }
        }
        catch (Exception e) when (until is null && e is (HttpRequestException or IOException or JsonException))
        {
            // It was killed, perhaps in the middle of a line.
        }
    }

    private void Take(JsonNode next)
    {
        var (type, about) = (next["type"]!.ToString(), next["object"]!);
        type.ShouldBeOneOf("ADDED", "MODIFIED", "DELETED");
        var name = about["metadata"]!["name"]!.ToString();
        var revision = long.Parse(about["metadata"]!["resourceVersion"]!.ToString(), null);
        revision.ShouldBeGreaterThan(Position, "told twice, or out of order");
        _objects.ContainsKey(name).ShouldBe(type != "ADDED", $"{type} {name} at {revision}");
        Position = revision;
        Seen++;
        if (type == "DELETED")
        {
            _objects.Remove(name);
        }
        else
        {
            _objects[name] = CrashWriter.ValueOf(about);
        }
    }
}
