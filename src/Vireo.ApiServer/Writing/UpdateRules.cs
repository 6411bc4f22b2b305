using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.Writing;

/// <summary>What a change may touch: each door to an object (itself, status, finalization) opens one part.</summary>
internal static class UpdateRules
{
    /// <summary>Puts back what this door does not open, and sets what only the server sets.</summary>
    /// <param name="changed">The object as the client wants it.</param>
    /// <param name="old">The object as it is.</param>
    /// <param name="subresource">The door; null for the object itself.</param>
    public static Draft Confine(Draft changed, Draft old, string? subresource)
    {
        var result = subresource switch
        {
            "status" => OnlyStatus(changed, old),
            "finalize" => OnlyFinalizers(changed, old),
            _ => AllButStatus(changed, old),
        };
        Count(result, old);
        return result;
    }

    /// <summary>Sets the generation, which counts the changes of what is wanted.</summary>
    public static void Count(Draft result, Draft old)
    {
        if (old.Meta.Generation is { } generation)
        {
            var isSame = result.IsStoredButMetadata || SameSpec(result.Json, old.Json);
            result.SetMeta("generation", isSame ? generation : generation + 1);
        }
    }

    private static Draft AllButStatus(Draft changed, Draft old)
    {
        foreach (
            var field in new[]
            {
                "uid",
                "creationTimestamp",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "generation",
                "generateName",
            }
        )
        {
            changed.KeepMeta(field, old);
        }

        if (changed is { IsStoredButMetadata: false, Kind.HasStatusSubresource: true })
        {
            changed.Keep("status", old);
        }

        if (ReferenceEquals(changed.Kind, ResourceKinds.Namespaces))
        {
            NamespaceRules.KeepFinalizers(changed, old);
            NamespaceRules.Label(changed, old.Meta.Name ?? "");
        }

        return changed;
    }

    private static Draft OnlyStatus(Draft changed, Draft old)
    {
        var result = Draft.Of(old.Kind, old.Json.DeepClone().AsObject());
        result.Keep("status", changed);
        return result;
    }

    private static Draft OnlyFinalizers(Draft changed, Draft old)
    {
        var result = Draft.Of(old.Kind, old.Json.DeepClone().AsObject());
        NamespaceRules.KeepFinalizers(result, changed);
        return result;
    }

    /// <summary>True when nothing but metadata and status differs.</summary>
    private static bool SameSpec(JsonObject now, JsonObject old)
    {
        var (mine, theirs) = (Fields(now), Fields(old));
        return mine.Count == theirs.Count
            && mine.All(field =>
                theirs.TryGetValue(field.Key, out var value) && JsonNode.DeepEquals(field.Value, value)
            );
    }

    private static Dictionary<string, JsonNode?> Fields(JsonObject json) =>
        json.Where(field =>
                field.Value is not null && field.Key is not ("metadata" or "status" or "apiVersion" or "kind")
            )
            .ToDictionary();
}
