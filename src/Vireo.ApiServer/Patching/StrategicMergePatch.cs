using System.Text.Json.Nodes;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Patching;

/// <summary>
/// Strategic merge patch for Kubernetes' own kinds: as a merge patch, but some lists are merged entry by entry.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";

    /// <summary>Lists of objects whose entries are told apart by a field, as Kubernetes' types declare them.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["ownerReferences"] = "uid",
        ["conditions"] = "type",
        ["addresses"] = "type",
        ["secrets"] = "name",
        ["imagePullSecrets"] = "name",
    };

    /// <summary>Lists of texts that are merged as sets.</summary>
    private static readonly HashSet<string> Sets = ["finalizers", "podCIDRs"];

    /// <summary>Applies the patch to the target, which becomes the result.</summary>
    /// <exception cref="StatusException">BadRequest: the patch uses a directive that is not known.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if (Text(patch, Directive) is { } directive and not "merge")
        {
            return directive switch
            {
                "replace" => Plain(patch),
                "delete" => [],
                _ => throw Refusals.BadRequest($"{Directive}: \"{directive}\" is not one of replace, delete, merge"),
            };
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
            {
                RemoveFromSet(target, name[DeleteFromList.Length..], value);
            }
            else if (!name.StartsWith('$'))
            {
                Set(target, name, value);
            }
        }

        return target;
    }

    private static void Set(JsonObject target, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject fields when Text(fields, Directive) == "delete":
                target.Remove(name);
                break;
            case JsonObject fields:
                var merged = Apply(target[name] as JsonObject ?? [], fields);
                if (!ReferenceEquals(target[name], merged))
                {
                    target[name] = merged;
                }

                break;
            case JsonArray list when MergeKeys.TryGetValue(name, out var key):
                target[name] = MergeByKey(target[name] as JsonArray ?? [], list, key);
                break;
            case JsonArray list when Sets.Contains(name):
                target[name] = Union(target[name] as JsonArray ?? [], list);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static JsonArray MergeByKey(JsonArray target, JsonArray patch, string key)
    {
        var entries = patch.OfType<JsonObject>().ToArray();
        var replaces = entries.Any(entry => Text(entry, Directive) == "replace" && entry.Count == 1);
        var result = replaces ? [] : target.DeepClone().AsArray();
        foreach (var entry in entries.Where(entry => !(Text(entry, Directive) == "replace" && entry.Count == 1)))
        {
            var same = result.OfType<JsonObject>().FirstOrDefault(old => Text(old, key) == Text(entry, key));
            if (Text(entry, Directive) == "delete")
            {
                result.Remove(same);
            }
            else if (same is null)
            {
                result.Add((JsonNode)Plain(entry));
            }
            else
            {
                Apply(same, entry);
            }
        }

        return result;
    }

    private static JsonArray Union(JsonArray target, JsonArray patch)
    {
        var result = target.DeepClone().AsArray();
        foreach (var item in patch)
        {
            if (!result.Any(old => JsonNode.DeepEquals(old, item)))
            {
                result.Add(item?.DeepClone());
            }
        }

        return result;
    }

    private static void RemoveFromSet(JsonObject target, string name, JsonNode? removed)
    {
        if (target[name] is JsonArray list && removed is JsonArray items)
        {
            target[name] = new JsonArray([
                .. list.Where(old => !items.Any(item => JsonNode.DeepEquals(old, item)))
                    .Select(old => old?.DeepClone()),
            ]);
        }
    }

    /// <summary>The patch without directives: what it leaves where there was nothing.</summary>
    private static JsonObject Plain(JsonObject patch)
    {
        var clean = patch.DeepClone().AsObject();
        clean.Remove(Directive);
        return Apply([], clean);
    }

    private static string? Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
