using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Patching;

/// <summary>Makes merge patches (RFC 7386). Pure.</summary>
internal static class Difference
{
    /// <summary>The patch that makes one object of the other; empty when they are the same.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var name in before.Select(field => field.Key).Where(name => after[name] is null))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            var old = before[name];
            if (value is not null && !JsonNode.DeepEquals(old, value))
            {
                patch[name] = old is JsonObject was && value is JsonObject now ? Between(was, now) : value.DeepClone();
            }
        }

        return patch;
    }
}
