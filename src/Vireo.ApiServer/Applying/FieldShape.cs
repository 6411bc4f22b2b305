using System.Text.Json.Nodes;
using Vireo.ApiServer.OpenApi;

namespace Vireo.ApiServer.Applying;

/// <summary>What is known of the value at a place: whether it has parts that different managers may own.</summary>
/// <param name="Node">The schema; null where anything goes.</param>
/// <param name="Property">The field that holds the value; null for entries of lists and maps.</param>
internal readonly record struct FieldShape(SchemaNode? Node, SchemaProperty? Property = null)
{
    /// <summary>The parts of the value, in order; null when it is owned as a whole.</summary>
    public IReadOnlyList<FieldPart>? Parts(JsonNode? value) =>
        value switch
        {
            JsonObject fields when IsOpen => Fields(fields),
            JsonArray list when Property is { ListKeys: { } keys } => Entries(list, keys),
            JsonArray list when Property is { IsSet: true } => Values(list),
            _ => null,
        };

    /// <summary>True when the field of a step is one that the schema names.</summary>
    public bool Declares(string step) =>
        Node is { Type: SchemaType.Object }
        && FieldStep.FieldName(step) is { } name
        && Node.Properties.ContainsKey(name);

    /// <summary>True when a value would be merged entry by entry, if each entry could be told apart.</summary>
    public bool IsMergedList => Property is { ListKeys: not null } or { IsSet: true };

    private bool IsOpen =>
        Node is null or { Type: SchemaType.Map or SchemaType.Any } or { Type: SchemaType.Object, IsAtomic: false };

    private List<FieldPart> Fields(JsonObject fields)
    {
        var parts = new List<FieldPart>(fields.Count);
        foreach (var (name, value) in fields)
        {
            parts.Add(Part(name, value));
        }

        return parts;
    }

    private FieldPart Part(string name, JsonNode? value)
    {
        if (Node is { Type: SchemaType.Object } && Node.Properties.TryGetValue(name, out var property))
        {
            return new(property.Step, value, new FieldShape(property.Value, property));
        }

        var shape = Node is { Type: SchemaType.Map } ? new FieldShape(Node.Items) : default;
        return new(FieldStep.Field(name), value, shape);
    }

    private List<FieldPart>? Entries(JsonArray list, IReadOnlyList<string> keys)
    {
        var parts = new List<FieldPart>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject entry || FieldStep.Entry(entry, keys) is not { } step)
            {
                return null;
            }

            parts.Add(new(step, entry, new FieldShape(Node!.Items)));
        }

        return parts;
    }

    private List<FieldPart>? Values(JsonArray list)
    {
        var parts = new List<FieldPart>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonValue value)
            {
                return null;
            }

            parts.Add(new(FieldStep.Value(value), value, new FieldShape(Node!.Items)));
        }

        return parts;
    }
}

/// <summary>One part of a value: the step to it, what is there, and what is known of it.</summary>
internal readonly record struct FieldPart(string Step, JsonNode? Value, FieldShape Shape);
