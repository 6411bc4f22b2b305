using System.Text;
using System.Text.Json;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>Picks single values out of stored objects without taking the whole object apart.</summary>
internal static class StoredFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 200 };

    /// <summary>The text of a scalar at a path of property names; null when it is absent, null, or no scalar.</summary>
    public static string? Text(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        var reader = new Utf8JsonReader(json, Options);
        if (!Seek(ref reader, path))
        {
            return null;
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(
                reader.ValueSpan
            ),
            _ => null,
        };
    }

    /// <summary>The bytes of the value at a path of property names; empty when it is absent.</summary>
    public static ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        var reader = new Utf8JsonReader(json, Options);
        if (!Seek(ref reader, path))
        {
            return default;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>The object's labels; empty when it has none.</summary>
    public static Dictionary<string, string> Labels(StoredObject stored)
    {
        var labels = new Dictionary<string, string>();
        var reader = new Utf8JsonReader(stored.Json.Span, Options);
        if (!Seek(ref reader, ["metadata", "labels"]) || reader.TokenType != JsonTokenType.StartObject)
        {
            return labels;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                labels[key] = reader.GetString() ?? "";
            }
            else
            {
                reader.Skip();
            }
        }

        return labels;
    }

    /// <summary>Leaves the reader on the value at the path.</summary>
    private static bool Seek(ref Utf8JsonReader reader, scoped ReadOnlySpan<string> path)
    {
        reader.Read();
        foreach (var name in path)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (true)
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    return false;
                }

                var found = reader.ValueTextEquals(name);
                reader.Read();
                if (found)
                {
                    break;
                }

                reader.Skip();
            }
        }

        return true;
    }
}
