using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Applying;

/// <summary>Finds the places that an object fills, and those at which two objects differ. Pure.</summary>
internal static class FieldSets
{
    private static readonly string[] ServersOwn =
    [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "generation",
        "managedFields",
        "resourceVersion",
    ];

    /// <summary>The places that whoever applies an object claims.</summary>
    public static FieldSet Claimed(JsonObject applied, SchemaNode schema)
    {
        var set = new FieldSet();
        Claim(set, applied, new FieldShape(schema));
        return Ownable(set);
    }

    /// <summary>The first place that an object fills twice; null when there is none.</summary>
    public static string? Twice(JsonNode? value, FieldShape shape, string at = "")
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in shape.Parts(value) ?? [])
        {
            var place = at + FieldStep.Text(part.Step);
            if (!seen.Add(part.Step))
            {
                return place;
            }

            if (Twice(part.Value, part.Shape, place) is { } below)
            {
                return below;
            }
        }

        return null;
    }

    /// <summary>Where two objects differ.</summary>
    /// <param name="old">The object before; null when there was none.</param>
    /// <param name="now">The object after.</param>
    /// <param name="schema">The shape of both.</param>
    public static (FieldSet Changed, FieldSet Removed) Compare(JsonObject? old, JsonObject now, SchemaNode schema)
    {
        var (changed, removed) = (new FieldSet(), new FieldSet());
        Compare(changed, removed, old ?? [], now, new FieldShape(schema));
        return (Ownable(changed), removed);
    }

    /// <summary>The set without what nobody owns: identity, and what only the server writes.</summary>
    private static FieldSet Ownable(FieldSet set)
    {
        var rest = set.Without("f:apiVersion").Without("f:kind");
        if (rest.Below("f:metadata") is not { } metadata)
        {
            return rest;
        }

        foreach (var name in ServersOwn)
        {
            metadata = metadata.Without(FieldStep.Field(name));
        }

        var result = rest.Without("f:metadata");
        result.Put("f:metadata", metadata.Difference(new FieldSet { IsMember = true }));
        return result;
    }

    private static void Claim(FieldSet set, JsonNode? value, FieldShape shape)
    {
        if (shape.Parts(value) is not { } parts)
        {
            set.IsMember = true;
            return;
        }

        foreach (var part in parts)
        {
            var below = new FieldSet();
            Claim(below, part.Value, part.Shape);
            below.IsMember |= part.Value is null or JsonObject { Count: 0 } || !shape.Declares(part.Step);
            set.Put(part.Step, below);
        }
    }

    private static void All(FieldSet set, JsonNode? value, FieldShape shape)
    {
        set.IsMember = true;
        foreach (var part in shape.Parts(value) ?? [])
        {
            var below = new FieldSet();
            All(below, part.Value, part.Shape);
            set.Put(part.Step, below);
        }
    }

    private static void Compare(FieldSet changed, FieldSet removed, JsonNode? old, JsonNode? now, FieldShape shape)
    {
        // Most of an object stays as it is: that is found without taking it apart.
        if (JsonNode.DeepEquals(old, now))
        {
            return;
        }

        if (shape.Parts(old) is not { } before || shape.Parts(now) is not { } after)
        {
            changed.IsMember = true;
            return;
        }

        var known = new Dictionary<string, FieldPart>(before.Count, StringComparer.Ordinal);
        foreach (var part in before)
        {
            known.TryAdd(part.Step, part);
        }

        foreach (var part in after)
        {
            var (more, less) = (new FieldSet(), new FieldSet());
            if (known.Remove(part.Step, out var was))
            {
                Compare(more, less, was.Value, part.Value, part.Shape);
            }
            else
            {
                All(more, part.Value, part.Shape);
            }

            changed.Put(part.Step, more);
            removed.Put(part.Step, less);
        }

        foreach (var gone in known.Values)
        {
            var less = new FieldSet();
            All(less, gone.Value, gone.Shape);
            removed.Put(gone.Step, less);
        }
    }
}
