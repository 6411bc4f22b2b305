using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>YAML as Kubernetes reads and prints it: another way to write JSON.</summary>
public static class Yaml
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 100;

    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>The documents of a text, without the empty ones. JSON is read as well.</summary>
    /// <exception cref="FormatException">Names the line, what is wrong, and a limit if one is exceeded.</exception>
    public static IReadOnlyList<JsonNode> ToJson(string text) => throw new NotSupportedException("Being written.");

    /// <summary>Block YAML that reads back as the same value.</summary>
    public static string FromJson(JsonNode? value) => throw new NotSupportedException("Being written.");
}
