using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Applying;

/// <summary>One step of the way to a field, as <c>fieldsV1</c> writes it.</summary>
internal static class FieldStep
{
    // What others wrote may name fields twice, which a tree cannot hold.
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>To the field of an object.</summary>
    public static string Field(string name) => "f:" + name;

    /// <summary>To the entry of a set.</summary>
    public static string Value(JsonNode value) => "v:" + Write(value);

    /// <summary>To the entry of a list whose entries are told apart by keys; null when the entry lacks one.</summary>
    public static string? Entry(JsonObject entry, IReadOnlyList<string> keys)
    {
        var name = new JsonObject();
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            if (entry[key] is not JsonValue value)
            {
                return null;
            }

            name[key] = value.DeepClone();
        }

        return "k:" + Write(name);
    }

    public static bool IsStep(string step) => step is ['f' or 'k' or 'v' or 'i', ':', ..];

    /// <summary>The name of the field; null when the step goes to something else.</summary>
    public static string? FieldName(string step) => step is ['f', ':', ..] ? step[2..] : null;

    /// <summary>The step as messages write it: <c>.name</c>, <c>[name="a"]</c>, <c>[="a"]</c>.</summary>
    public static string Text(string step) =>
        step[0] switch
        {
            'f' => $".{step[2..]}",
            'k' => $"[{Keys(step[2..])}]",
            'v' => $"[={step[2..]}]",
            _ => $"[{step[2..]}]",
        };

    private static string Keys(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Once) is JsonObject keys
                ? string.Join(',', keys.Select(key => $"{key.Key}={key.Value?.ToJsonString() ?? "null"}"))
                : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static string Write(JsonNode value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
