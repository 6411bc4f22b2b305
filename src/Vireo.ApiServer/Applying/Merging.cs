using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Applying;

/// <summary>Puts what is applied into an object. Pure, apart from the object, which becomes the result.</summary>
internal static class Merging
{
    /// <summary>The live value with the applied one put into it.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldShape shape) =>
        (live, applied) switch
        {
            (JsonObject into, JsonObject from) when shape.Parts(from) is { } parts => Fields(into, parts),
            (JsonArray into, JsonArray from) when shape.Parts(into) is { } old && shape.Parts(from) is { } parts =>
                List(old, parts),
            _ => applied?.DeepClone(),
        };

    private static JsonObject Fields(JsonObject live, IReadOnlyList<FieldPart> applied)
    {
        foreach (var part in applied)
        {
            var name = FieldStep.FieldName(part.Step)!;
            var old = live[name];
            var merged = Merge(old, part.Value, part.Shape);
            if (merged is null || !ReferenceEquals(merged, old))
            {
                live[name] = merged;
            }
        }

        return live;
    }

    /// <summary>
    /// Entries that are applied stand in the order they are applied in; the others stay where they were among them.
    /// </summary>
    private static JsonArray List(IReadOnlyList<FieldPart> live, IReadOnlyList<FieldPart> applied)
    {
        var old = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var part in live)
        {
            old.TryAdd(part.Step, part.Value);
        }

        var wanted = applied.Select(part => part.Step).ToHashSet(StringComparer.Ordinal);
        var waiting = new Queue<FieldPart>(applied);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var result = new JsonArray();
        foreach (var part in live)
        {
            if (!wanted.Contains(part.Step))
            {
                result.Add(part.Value?.DeepClone());
                continue;
            }

            while (!done.Contains(part.Step))
            {
                Take(waiting.Dequeue());
            }
        }

        while (waiting.TryDequeue(out var next))
        {
            Take(next);
        }

        return result;

        void Take(FieldPart next)
        {
            done.Add(next.Step);
            result.Add(Merge(old.GetValueOrDefault(next.Step)?.DeepClone(), next.Value, next.Shape));
        }
    }
}
