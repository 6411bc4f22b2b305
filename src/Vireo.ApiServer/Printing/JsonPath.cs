using System.Globalization;
using System.Text.Json;

namespace Vireo.ApiServer.Printing;

/// <summary>
/// The part of JSONPath that printer columns use: <c>.field</c>, <c>[0]</c>, <c>[?(@.field=='value')]</c>.
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Step> _steps;

    private JsonPath(IReadOnlyList<Step> steps) => _steps = steps;

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">The path uses what is not supported: a bug in the table of kinds.</exception>
    public static JsonPath Parse(string path)
    {
        var steps = new List<Step>();
        for (var at = 0; at < path.Length; )
        {
            if (path[at] == '.')
            {
                var end = path.AsSpan(at + 1).IndexOfAny('.', '[') is >= 0 and var next ? at + 1 + next : path.Length;
                steps.Add(new Field(path[(at + 1)..end]));
                at = end;
            }
            else if (path[at] == '[' && path.IndexOf(']', at) is > 0 and var close)
            {
                steps.Add(Bracket(path[(at + 1)..close], path));
                at = close + 1;
            }
            else
            {
                throw new FormatException($"'{path}' is not a path that columns may use.");
            }
        }

        return new(steps);
    }

    /// <summary>The first value at the path, or null.</summary>
    public JsonElement? First(JsonElement root)
    {
        JsonElement? value = root;
        foreach (var step in _steps)
        {
            value = value is { } present ? step.Next(present) : null;
        }

        return value;
    }

    private static Step Bracket(string inside, string path)
    {
        if (int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return new Index(index);
        }

        if (inside.StartsWith("?(@.", StringComparison.Ordinal) && inside.EndsWith("')", StringComparison.Ordinal))
        {
            var parts = inside[4..^2].Split("=='");
            if (parts.Length == 2)
            {
                return new Filter(parts[0].Trim(), parts[1]);
            }
        }

        throw new FormatException($"'[{inside}]' in '{path}' is not a step that columns may use.");
    }

    private abstract record Step
    {
        public abstract JsonElement? Next(JsonElement from);
    }

    private sealed record Field(string Name) : Step
    {
        public override JsonElement? Next(JsonElement from) =>
            from.ValueKind == JsonValueKind.Object && from.TryGetProperty(Name, out var value) ? value : null;
    }

    private sealed record Index(int At) : Step
    {
        public override JsonElement? Next(JsonElement from) =>
            from.ValueKind == JsonValueKind.Array && At < from.GetArrayLength() ? from[At] : null;
    }

    private sealed record Filter(string Name, string Value) : Step
    {
        public override JsonElement? Next(JsonElement from)
        {
            if (from.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            foreach (var item in from.EnumerateArray())
            {
                if (
                    item.ValueKind == JsonValueKind.Object
                    && item.TryGetProperty(Name, out var value)
                    && value.ValueKind == JsonValueKind.String
                    && value.ValueEquals(Value)
                )
                {
                    return item;
                }
            }

            return null;
        }
    }
}
