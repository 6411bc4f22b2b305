using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Writing;

/// <summary>Reads JSON that names fields twice: the last of each name counts, as in Kubernetes. Pure.</summary>
/// <remarks>Slower than the usual way: for texts that this one has already refused.</remarks>
internal static class JsonWithDuplicates
{
    // Nobody reads more, and a hostile text must not cost more.
    private const int MostTold = 100;

    /// <summary>Reads a text.</summary>
    /// <returns>The value, and the fields that are named more than once.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static (JsonNode? Value, IReadOnlyList<string> Twice) Read(ReadOnlySequence<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        var twice = new List<string>();
        var value = Value(ref reader, [], twice);
        // Throws when anything follows.
        while (reader.Read()) { }

        return (value, twice);
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, List<Segment> path, List<string> twice)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Fields(ref reader, path, twice);
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    path.Add(new(null, list.Count));
                    list.Add(Value(ref reader, path, twice));
                    path.RemoveAt(path.Count - 1);
                }

                return list;
            case JsonTokenType.Null:
                return null;
            default:
                return JsonValue.Create(JsonElement.ParseValue(ref reader));
        }
    }

    private static JsonObject Fields(ref Utf8JsonReader reader, List<Segment> path, List<string> twice)
    {
        var fields = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (fields.ContainsKey(name) && twice.Count < MostTold)
            {
                twice.Add(Segment.Join(path, name));
            }

            path.Add(new(name, -1));
            fields[name] = Value(ref reader, path, twice);
            path.RemoveAt(path.Count - 1);
        }

        return fields;
    }
}
