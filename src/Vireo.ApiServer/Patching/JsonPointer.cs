using System.Globalization;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Patching;

/// <summary>Names one place in a JSON document (RFC 6901).</summary>
internal sealed record JsonPointer(string Text, IReadOnlyList<string> Tokens)
{
    public bool IsRoot => Tokens.Count == 0;

    /// <summary>The field of the root that it goes through; the empty text for the root itself.</summary>
    public string First => IsRoot ? "" : Tokens[0];

    private string Last => Tokens[^1];

    public static JsonPointer Parse(string text) =>
        text.Length == 0 ? new(text, [])
        : text[0] == '/'
            ? new(
                text,
                [
                    .. text[1..]
                        .Split('/')
                        .Select(token =>
                            token
                                .Replace("~1", "/", StringComparison.Ordinal)
                                .Replace("~0", "~", StringComparison.Ordinal)
                        ),
                ]
            )
        : throw new JsonPatchException($"\"{text}\" is not a JSON pointer: it has to start with /");

    /// <summary>The value at the place.</summary>
    /// <exception cref="JsonPatchException">There is no such place.</exception>
    public JsonNode? Get(JsonNode? root)
    {
        var node = root;
        foreach (var token in Tokens)
        {
            node = Child(node, token);
        }

        return node;
    }

    /// <summary>Puts a value at the place: a field is set, a list makes room.</summary>
    public void Add(JsonNode? root, JsonNode? value)
    {
        switch (Parent(root))
        {
            case JsonObject fields:
                fields[Last] = value;
                break;
            case JsonArray list when Last == "-":
                list.Add(value);
                break;
            case JsonArray list:
                list.Insert(Index(Last, list.Count + 1), value);
                break;
            default:
                throw Missing();
        }
    }

    /// <summary>Takes away the value at the place.</summary>
    public JsonNode? Remove(JsonNode? root)
    {
        if (IsRoot)
        {
            throw new JsonPatchException("the whole object cannot be removed by a patch");
        }

        switch (Parent(root))
        {
            case JsonObject fields when fields.TryGetPropertyValue(Last, out var value):
                fields.Remove(Last);
                return value;
            case JsonArray list:
                var at = Index(Last, list.Count);
                var item = list[at];
                list.RemoveAt(at);
                return item;
            default:
                throw Missing();
        }
    }

    /// <summary>True when the other place is this one or inside it.</summary>
    public bool Contains(JsonPointer other) =>
        other.Tokens.Count >= Tokens.Count && other.Tokens.Take(Tokens.Count).SequenceEqual(Tokens);

    private JsonNode? Parent(JsonNode? root)
    {
        var node = root;
        for (var i = 0; i < Tokens.Count - 1; i++)
        {
            node = Child(node, Tokens[i]);
        }

        return node;
    }

    private JsonNode? Child(JsonNode? node, string token) =>
        node switch
        {
            JsonObject fields when fields.TryGetPropertyValue(token, out var value) => value,
            JsonArray list => list[Index(token, list.Count)],
            _ => throw Missing(),
        };

    private int Index(string token, int count) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index < count
        && (token.Length == 1 || token[0] != '0')
            ? index
            : throw Missing();

    private JsonPatchException Missing() => new($"path \"{Text}\" does not exist in the object");
}
