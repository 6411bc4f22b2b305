using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>YAML as Kubernetes reads and prints it: another way to write JSON.</summary>
/// <remarks>
/// Plain words mean what kubectl takes them for: <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are booleans,
/// <c>0755</c> is octal. Reading is bounded in length, depth and in what aliases may stand for, so that a text from
/// outside cannot use up the process.
/// </remarks>
public static class Yaml
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 100;

    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>The documents of a text, without the empty ones. JSON is read as well.</summary>
    /// <exception cref="FormatException">Names the line, what is wrong, and a limit if one is exceeded.</exception>
    public static IReadOnlyList<JsonNode> ToJson(string text) => ToJson(text, twice: null);

    /// <summary>As <see cref="ToJson(string)"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="twice">Is told of the keys that a mapping names twice: the last counts; null refuses them.</param>
    /// <exception cref="FormatException">Names the line, what is wrong, and a limit if one is exceeded.</exception>
    public static IReadOnlyList<JsonNode> ToJson(string text, ICollection<string>? twice)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw new FormatException(
                $"The text is {text.Length} characters long; at most {MaxLength} are read. Split it into several."
            );
        }

        return FromJsonText(text) ?? new YamlReader(text, twice).ReadAll();
    }

    /// <summary>Block YAML that reads back as the same value.</summary>
    public static string FromJson(JsonNode? value) =>
        FromJson(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null").AsMemory());

    /// <summary>Block YAML that reads back as the same value.</summary>
    /// <param name="json">JSON in UTF-8.</param>
    public static string FromJson(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        return FromJson(document.RootElement);
    }

    /// <summary>Block YAML that reads back as the same value.</summary>
    public static string FromJson(JsonElement value) => new YamlWriter().Write(value);

    /// <summary>The values when all of the text is JSON, one after the other; null when it is not.</summary>
    private static List<JsonNode>? FromJsonText(string text)
    {
        // Escapes that may be half a character are for the YAML reader to judge: here nobody would look at them.
        if (
            text.AsSpan().TrimStart() is not ['{' or '[', ..]
            || text.Contains("\\ud", StringComparison.OrdinalIgnoreCase)
        )
        {
            return null;
        }

        try
        {
            var values = new List<JsonNode>();
            var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
            var reader = new Utf8JsonReader(
                bytes,
                new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true }
            );
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (JsonNode.Parse(bytes[start..(int)reader.BytesConsumed], documentOptions: options) is { } value)
                {
                    values.Add(value);
                }
            }

            return values;
        }
        catch (JsonException)
        {
            // Braces begin flow YAML as well, and the YAML reader's complaints fit both.
            return null;
        }
    }
}
