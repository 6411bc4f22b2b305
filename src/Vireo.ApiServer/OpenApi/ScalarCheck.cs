using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.ApiServer.OpenApi;

/// <summary>Checks one value without parts, and words the fault as kube-apiserver does.</summary>
internal static class ScalarCheck
{
    private const string QuantityExamples = "a quantity, such as 512Mi, 1G or 500m";

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public static (FieldErrorReason Reason, string Message)? Fault(
        SchemaNode node,
        SchemaProperty property,
        JsonNode value,
        List<Segment> path
    )
    {
        var kind = value.GetValueKind();
        return node.Type switch
        {
            SchemaType.Boolean when kind is JsonValueKind.True or JsonValueKind.False => null,
            SchemaType.String when kind == JsonValueKind.String => Text(property, value, path),
            SchemaType.Integer when kind == JsonValueKind.Number && Integer(value) is { } number => //
            Number(node, property, number, path),
            SchemaType.Quantity when kind is JsonValueKind.String or JsonValueKind.Number => Amount(value, kind, path),
            SchemaType.Time when kind == JsonValueKind.String => Time(value, path),
            _ => (FieldErrorReason.FieldValueInvalid, TypeFault(node, Name(value, kind), path)),
        };
    }

    /// <summary>Says that a value is of the wrong type.</summary>
    public static string TypeFault(SchemaNode node, string found, List<Segment> path) =>
        $"Invalid value: \"{found}\": {Segment.Join(path, null)} in body must be of type {Name(node.Type)}: "
        + $"\"{found}\"";

    private static (FieldErrorReason, string)? Text(SchemaProperty property, JsonNode value, List<Segment> path)
    {
        if (property is { Values: null, MaxBytes: null, IsBase64: false })
        {
            return null;
        }

        var text = value.GetValue<string>();
        if (property.Values is { } values && !values.Contains(text))
        {
            return (
                FieldErrorReason.FieldValueNotSupported,
                $"Unsupported value: {Quote(text)}: supported values: {string.Join(", ", values.Select(Quote))}"
            );
        }

        if (Encoding.UTF8.GetByteCount(text) > property.MaxBytes)
        {
            return Invalid($"Too long: may not be more than {property.MaxBytes} bytes");
        }

        return property.IsBase64 && !Base64.IsValid(text)
            ? Invalid($"Invalid value: {Quote(text)}: {Segment.Join(path, null)} in body must be base64")
            : null;
    }

    private static (FieldErrorReason, string)? Number(
        SchemaNode node,
        SchemaProperty property,
        long number,
        List<Segment> path
    )
    {
        var isInt = node.Format == "int32";
        var minimum = Math.Max(property.Minimum ?? long.MinValue, isInt ? int.MinValue : long.MinValue);
        var maximum = Math.Min(property.Maximum ?? long.MaxValue, isInt ? int.MaxValue : long.MaxValue);
        return number < minimum ? Bound("greater", minimum)
            : number > maximum ? Bound("less", maximum)
            : null;

        (FieldErrorReason, string)? Bound(string word, long bound) =>
            Invalid(
                $"Invalid value: {number}: {Segment.Join(path, null)} in body should be {word} than or equal to {bound}"
            );
    }

    private static (FieldErrorReason, string)? Amount(JsonNode value, JsonValueKind kind, List<Segment> path)
    {
        var text = kind == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
        return Quantity.TryParse(text, out _)
            ? null
            : Invalid($"Invalid value: {Quote(text)}: {Segment.Join(path, null)} in body must be {QuantityExamples}");
    }

    private static (FieldErrorReason, string)? Time(JsonNode value, List<Segment> path)
    {
        var text = value.GetValue<string>();
        var isTime =
            text.Length >= "0000-00-00T00:00:00Z".Length
            && text[10] == 'T'
            && (text[^1] == 'Z' || text[^6] is '+' or '-' && text[^3] == ':')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _);
        return isTime
            ? null
            : Invalid(
                $"Invalid value: {Quote(text)}: {Segment.Join(path, null)} in body must be of type date-time: "
                    + Quote(text)
            );
    }

    private static long? Integer(JsonNode value) =>
        value.AsValue().TryGetValue(out long number) ? number
        // A value that was made in memory, by a patch, tells only its own type.
        : long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? number
        : null;

    private static (FieldErrorReason, string) Invalid(string message) => (FieldErrorReason.FieldValueInvalid, message);

    private static string Quote(string text) => $"\"{text}\"";

    private static string Name(JsonNode value, JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => Integer(value) is null ? "number" : "integer",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };

    private static string Name(SchemaType type) =>
        type switch
        {
            SchemaType.Object or SchemaType.Map => "object",
            SchemaType.Array => "array",
            SchemaType.Boolean => "boolean",
            SchemaType.Integer => "integer",
            SchemaType.Quantity => "string or number",
            _ => "string",
        };
}
