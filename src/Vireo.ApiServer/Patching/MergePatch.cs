using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Patching;

/// <summary>JSON merge patch (RFC 7386): fields given replace, null removes, lists are replaced whole.</summary>
internal static class MergePatch
{
    /// <summary>Applies a patch; the target may be changed and become part of the result.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
        {
            return patch?.DeepClone();
        }

        var result = target as JsonObject ?? [];
        foreach (var (name, value) in fields)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else if (value is JsonObject && result[name] is JsonObject inner)
            {
                Apply(inner, value);
            }
            else
            {
                result[name] = Apply(null, value);
            }
        }

        return result;
    }
}
