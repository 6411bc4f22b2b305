using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Applying;

/// <summary>
/// Takes out of an object what its manager applied before, no longer applies, and nobody else owns. Pure, apart from
/// the object.
/// </summary>
internal static class Pruning
{
    /// <summary>Takes out what goes.</summary>
    /// <param name="merged">The object with what is applied now; changed in place.</param>
    /// <param name="last">What the manager owned before.</param>
    /// <param name="kept">What all managers own now, this one included.</param>
    /// <param name="schema">The shape of the object.</param>
    public static void Prune(JsonObject merged, FieldSet last, FieldSet kept, SchemaNode schema) =>
        Prune(merged, last, kept, new FieldShape(schema));

    private static void Prune(JsonNode value, FieldSet last, FieldSet kept, FieldShape shape)
    {
        foreach (var part in shape.Parts(value) ?? [])
        {
            if (last.Below(part.Step) is not { } was)
            {
                continue;
            }

            var holds = kept.Below(part.Step) ?? FieldSet.Empty;
            // A field that the schema names lasts as long as anything in it; entries and keys only by themselves.
            var stays = shape.Declares(part.Step) ? !holds.IsEmpty : holds.IsMember;
            if (was.IsMember && !stays)
            {
                Remove(value, part);
            }
            else if (part.Value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            {
                Prune(part.Value, was, holds, part.Shape);
                if (!stays && part.Value is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                {
                    Remove(value, part);
                }
            }
        }
    }

    private static void Remove(JsonNode from, FieldPart part)
    {
        if (from is JsonArray list)
        {
            list.Remove(part.Value);
        }
        else
        {
            from.AsObject().Remove(FieldStep.FieldName(part.Step)!);
        }
    }
}
