using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.Api;

/// <summary>Makes an object of a kind in which every field is set, from its schema.</summary>
internal static class SampleJson
{
    public static JsonObject Of(ResourceKind kind)
    {
        var sample = Object(StructuralSchema.For(kind), kind.TypeInfo.Properties.Select(property => property.Name));
        (sample["apiVersion"], sample["kind"]) = (kind.ApiVersion, kind.Kind);
        return sample;
    }

    private static JsonObject Object(SchemaNode node, IEnumerable<string> names)
    {
        var sample = new JsonObject();
        foreach (var name in names)
        {
            var property = node.Properties[name];
            sample.Add(name, Value(property.Value, property));
        }

        return sample;
    }

    private static JsonNode Value(SchemaNode node, SchemaProperty property) =>
        node.Type switch
        {
            SchemaType.Object => Object(
                node,
                ApiJson.Default.GetTypeInfo(node.Source)!.Properties.Select(inner => inner.Name)
            ),
            SchemaType.Array => new JsonArray(Value(node.Items!, property), Value(node.Items!, property)),
            SchemaType.Map => new JsonObject { ["a.b/c"] = Value(node.Items!, property) },
            SchemaType.Integer => property.Minimum ?? 7,
            SchemaType.Boolean => true,
            SchemaType.Quantity => "512Mi",
            SchemaType.Time => property.IsMicroTime ? "2026-01-31T12:00:00.123456Z" : "2026-01-31T12:00:00Z",
            SchemaType.Any => new JsonObject { ["free"] = new JsonArray(1, "x") },
            _ => property.Values?[^1] ?? $"a {property.Name}",
        };
}
