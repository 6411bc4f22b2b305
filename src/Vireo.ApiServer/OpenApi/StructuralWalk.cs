using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.ApiServer.OpenApi;

/// <summary>One walk over an object and its schema. Allocates only for what it finds.</summary>
internal sealed class StructuralWalk(FieldValidation mode)
{
    // Nobody reads more, and a hostile object must not cost more.
    private const int MaxFindings = 100;

    private readonly List<Segment> _path = new(16);
    private bool _isInStatus;

    public List<FieldError>? Errors { get; private set; }

    public List<string>? UnknownFields { get; private set; }

    public void Root(SchemaNode node, JsonObject obj) => Object(node, obj);

    /// <summary>Looks at one field of the root alone.</summary>
    public void Part(SchemaNode root, string name, JsonNode value) => Keep(root, name, value);

    private void Object(SchemaNode node, JsonObject obj)
    {
        List<string>? dropped = null;
        foreach (var (name, value) in obj)
        {
            if (value is null || !Keep(node, name, value))
            {
                (dropped ??= []).Add(name);
            }
        }

        dropped?.ForEach(name => obj.Remove(name));
        foreach (var property in node.Fields.Values)
        {
            if (property.IsRequired && !obj.ContainsKey(property.Name))
            {
                Add(property.Name, FieldErrorReason.FieldValueRequired, "Required value");
            }
        }
    }

    private bool Keep(SchemaNode node, string name, JsonNode value)
    {
        if (!node.Fields.TryGetValue(name, out var property))
        {
            Unknown(node, name, value);
            return false;
        }

        // Go leaves out an optional text that is empty; where only certain texts are allowed it stands for none.
        if (property.Values is not null && !property.IsRequired && IsEmptyText(value))
        {
            return false;
        }

        var isStatus = _path.Count == 0 && name == "status";
        _isInStatus |= isStatus;
        _path.Add(new(name, -1));
        Value(property.Value, property, value);
        _path.RemoveAt(_path.Count - 1);
        _isInStatus &= !isStatus;
        return true;
    }

    private void Value(SchemaNode node, SchemaProperty property, JsonNode value)
    {
        switch (node.Type)
        {
            case SchemaType.Object when value is JsonObject obj:
                Object(node, obj);
                break;
            case SchemaType.Map when value is JsonObject map:
                Map(node.Items!, property, map);
                break;
            case SchemaType.Array when value is JsonArray array:
                Array(node.Items!, property, array);
                break;
            case SchemaType.Any:
                break;
            default:
                if (ScalarCheck.Fault(node, property, value, _path) is { } fault)
                {
                    Add(null, fault.Reason, fault.Message);
                }

                break;
        }
    }

    private void Map(SchemaNode items, SchemaProperty property, JsonObject map)
    {
        List<string>? dropped = null;
        foreach (var (name, value) in map)
        {
            if (value is null)
            {
                (dropped ??= []).Add(name);
                continue;
            }

            _path.Add(new(name, -1));
            Value(items, property, value);
            _path.RemoveAt(_path.Count - 1);
        }

        dropped?.ForEach(name => map.Remove(name));
    }

    private void Array(SchemaNode items, SchemaProperty property, JsonArray array)
    {
        if (array.Count > property.MaxItems)
        {
            Add(
                null,
                FieldErrorReason.FieldValueInvalid,
                $"Too many: {array.Count}: must have at most {property.MaxItems} items"
            );
            return;
        }

        for (var index = 0; index < array.Count; index++)
        {
            _path.Add(new(null, index));
            if (array[index] is { } value)
            {
                Value(items, property, value);
            }
            else
            {
                Add(null, FieldErrorReason.FieldValueInvalid, ScalarCheck.TypeFault(items, "null", _path));
            }

            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void Unknown(SchemaNode node, string name, JsonNode value)
    {
        if (_isInStatus)
        {
            return;
        }

        if (node.Unsupported.TryGetValue(name, out var unsupported))
        {
            if (
                unsupported == UnsupportedField.RefusedWhenEmpty
                || unsupported == UnsupportedField.Refused && !SaysNothing(value)
            )
            {
                Add(
                    name,
                    FieldErrorReason.FieldValueForbidden,
                    $"{name} is a KubeVirt field that Vireo does not implement; remove it"
                );
            }
        }
        else if (mode != FieldValidation.Ignore && UnknownFields is not { Count: >= MaxFindings })
        {
            (UnknownFields ??= []).Add($"unknown field \"{Segment.Join(_path, name)}\"");
        }
    }

    private void Add(string? name, FieldErrorReason reason, string message)
    {
        if (Errors is not { Count: >= MaxFindings })
        {
            (Errors ??= []).Add(new(Segment.Join(_path, name), reason, message));
        }
    }

    private static bool IsEmptyText(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0;

    private static bool SaysNothing(JsonNode value) =>
        value switch
        {
            JsonObject obj => obj.Count == 0,
            JsonArray array => array.Count == 0,
            _ => value.GetValueKind() == JsonValueKind.False || IsEmptyText(value),
        };
}

/// <summary>One step of the way to a field: a name, or an index.</summary>
internal readonly record struct Segment(string? Name, int Index)
{
    /// <summary>The path as Kubernetes writes it: <c>spec.volumes[0].name</c>.</summary>
    public static string Join(List<Segment> path, string? last)
    {
        var text = new StringBuilder();
        foreach (var segment in path)
        {
            _ = segment.Name is null
                ? text.Append(CultureInfo.InvariantCulture, $"[{segment.Index}]")
                : text.Append(text.Length > 0 ? "." : "").Append(segment.Name);
        }

        return last is null ? text.ToString() : text.Append(text.Length > 0 ? "." : "").Append(last).ToString();
    }
}
