using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Writes schemas in the words of OpenAPI 2 or 3.</summary>
internal sealed class SchemaJson(bool isV3, DocComments comments)
{
    /// <summary>The schemas of kinds, of their lists and of all that they use, by name.</summary>
    public JsonObject Definitions(IEnumerable<ResourceKind> kinds)
    {
        var definitions = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            [DefinitionNames.Quantity] = Quantity(),
            [DefinitionNames.Time] = Time("A time, to the second."),
            [DefinitionNames.MicroTime] = Time("A time, to the microsecond."),
        };
        foreach (var type in (Type[])[typeof(Status), typeof(DeleteOptions), typeof(ListMeta)])
        {
            AddAll(definitions, type);
        }

        definitions[DefinitionNames.Of(typeof(Status))]
            .Add(GroupVersionKind.Key, GroupVersionKind.List("", "v1", "Status"));
        definitions[DefinitionNames.Of(typeof(DeleteOptions))]
            .Add(GroupVersionKind.Key, GroupVersionKind.List("", "v1", "DeleteOptions"));
        foreach (var kind in kinds)
        {
            AddAll(definitions, kind.TypeInfo.Type);
            definitions[DefinitionNames.Of(kind.TypeInfo.Type)]
                .Add(GroupVersionKind.Key, GroupVersionKind.List(kind.Group, kind.Version, kind.Kind));
            definitions.Add(DefinitionNames.ListOf(kind), List(kind));
        }

        return new(definitions.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
    }

    /// <summary>Points to a schema.</summary>
    public JsonObject Reference(string name) =>
        new() { ["$ref"] = (isV3 ? "#/components/schemas/" : "#/definitions/") + name };

    private void AddAll(SortedDictionary<string, JsonObject> definitions, Type root)
    {
        foreach (var node in DefinitionNames.Objects(StructuralSchema.For(root)))
        {
            definitions.TryAdd(DefinitionNames.Of(node.Source), Object(node));
        }
    }

    private JsonObject Object(SchemaNode node)
    {
        var required = new JsonArray();
        var properties = new JsonObject();
        foreach (var property in node.Fields.Values.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            properties.Add(property.Name, Property(node, property));
            if (property.IsRequired)
            {
                required.Add((JsonNode)property.Name);
            }
        }

        var schema = new JsonObject { ["type"] = "object" };
        AddUnlessEmpty(schema, "description", comments.Of(node.Source));
        AddUnlessEmpty(schema, "required", required);
        AddUnlessEmpty(schema, "properties", properties);
        AddUnlessEmpty(schema, "x-kubernetes-map-type", node.IsAtomic ? "atomic" : null);
        return schema;
    }

    private JsonObject Property(SchemaNode owner, SchemaProperty property)
    {
        var schema = Value(property.Value, property);
        if (isV3 && schema.ContainsKey("$ref"))
        {
            // OpenAPI 3.0 ignores whatever stands beside a reference.
            schema = new() { ["allOf"] = new JsonArray(schema) };
        }

        AddUnlessEmpty(schema, "description", comments.Of(owner.Source, property));
        AddUnlessEmpty(schema, "default", Default(property.Default));
        return schema;
    }

    private static JsonNode? Default(object? value) =>
        value switch
        {
            string text => text,
            bool truth => truth,
            null => null,
            _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        };

    private JsonObject Value(SchemaNode node, SchemaProperty property) =>
        node.Type switch
        {
            SchemaType.Object => Reference(DefinitionNames.Of(node.Source)),
            SchemaType.Array => Array(node, property),
            SchemaType.Map => new() { ["type"] = "object", ["additionalProperties"] = Value(node.Items!, property) },
            SchemaType.Integer => Number(node, property),
            SchemaType.Boolean => new() { ["type"] = "boolean" },
            SchemaType.Quantity => Reference(DefinitionNames.Quantity),
            SchemaType.Time => Reference(property.IsMicroTime ? DefinitionNames.MicroTime : DefinitionNames.Time),
            SchemaType.Any => new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true },
            _ => Text(property),
        };

    private JsonObject Array(SchemaNode node, SchemaProperty property)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Value(node.Items!, property) };
        if (property.MaxItems is { } count)
        {
            schema.Add("maxItems", count);
        }

        if (property.ListKeys is { } keys)
        {
            schema.Add("x-kubernetes-list-type", "map");
            schema.Add("x-kubernetes-list-map-keys", new JsonArray([.. keys.Select(key => (JsonNode)key)]));
        }
        else if (property.IsSet)
        {
            schema.Add("x-kubernetes-list-type", "set");
        }

        return schema;
    }

    private static JsonObject Number(SchemaNode node, SchemaProperty property)
    {
        var schema = new JsonObject { ["type"] = "integer", ["format"] = node.Format };
        if (property.Minimum is { } minimum)
        {
            schema.Add("minimum", minimum);
        }

        if (property.Maximum is { } maximum and < int.MaxValue)
        {
            schema.Add("maximum", maximum);
        }

        return schema;
    }

    private static JsonObject Text(SchemaProperty property)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (property.IsBase64)
        {
            schema.Add("format", "byte");
        }

        if (property.Values is { } values)
        {
            schema.Add("enum", new JsonArray([.. values.Select(value => (JsonNode)value)]));
        }

        return schema;
    }

    private JsonObject List(ResourceKind kind) =>
        new()
        {
            ["type"] = "object",
            ["description"] = $"A list of objects of kind {kind.Kind}.",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = Reference(DefinitionNames.Of(typeof(ListMeta))),
                ["items"] = new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = Reference(DefinitionNames.Of(kind.TypeInfo.Type)),
                },
            },
            [GroupVersionKind.Key] = GroupVersionKind.List(kind.Group, kind.Version, kind.Kind + "List"),
        };

    private JsonObject Quantity()
    {
        const string Description = "An amount: a number with an optional suffix, such as 512Mi, 1G or 500m.";
        return isV3
            ? new()
            {
                ["description"] = Description,
                ["oneOf"] = new JsonArray(
                    new JsonObject { ["type"] = "string" },
                    new JsonObject { ["type"] = "number" }
                ),
            }
            : new() { ["description"] = Description, ["type"] = "string" };
    }

    private static JsonObject Time(string description) =>
        new()
        {
            ["description"] = description,
            ["type"] = "string",
            ["format"] = "date-time",
        };

    private static void AddUnlessEmpty(JsonObject schema, string name, JsonNode? value)
    {
        if (value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }))
        {
            schema.Add(name, value);
        }
    }
}
