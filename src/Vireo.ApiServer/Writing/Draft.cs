using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Writing;

/// <summary>An object on its way into the store: the JSON tree that is changed, and its metadata as it came.</summary>
internal sealed class Draft
{
    private Draft(ResourceKind kind, JsonObject json, JsonObject metadata, ObjectMeta meta, JsonNode? managed) =>
        (Kind, Json, Metadata, Meta, Managed) = (kind, json, metadata, meta, managed);

    public ResourceKind Kind { get; }

    /// <summary>The whole object.</summary>
    public JsonObject Json { get; }

    /// <summary>The object's metadata, part of the whole.</summary>
    public JsonObject Metadata { get; }

    /// <summary>The metadata as it was when the draft was made.</summary>
    public ObjectMeta Meta { get; }

    /// <summary>What the object says of the managers of its fields: no part of the tree.</summary>
    public JsonNode? Managed { get; }

    /// <summary>
    /// True when all but its metadata is as it is stored, and so was judged before: most patches change labels,
    /// annotations and finalizers, and should not cost what the whole object costs.
    /// </summary>
    public bool IsStoredButMetadata { get; init; }

    /// <summary>Takes an object apart; what it says of its own kind has to fit.</summary>
    /// <param name="kind">The kind it has to be of.</param>
    /// <param name="json">The object.</param>
    /// <param name="isStoredButMetadata">What <see cref="IsStoredButMetadata"/> says of it.</param>
    /// <exception cref="StatusException">BadRequest: another kind, or metadata of the wrong shape.</exception>
    public static Draft Of(ResourceKind kind, JsonObject json, bool isStoredButMetadata = false)
    {
        Stamp(json, "apiVersion", kind.ApiVersion, "API version");
        Stamp(json, "kind", kind.Kind, "kind");
        if (json["metadata"] is null)
        {
            json["metadata"] = new JsonObject();
        }

        if (json["metadata"] is not JsonObject metadata)
        {
            throw Refusals.BadRequest("metadata: Invalid value: an object is expected");
        }

        try
        {
            var managed = metadata["managedFields"];
            metadata.Remove("managedFields");
            metadata.Remove("selfLink");
            return new Draft(
                kind,
                json,
                metadata,
                metadata.Deserialize(ApiJson.Default.ObjectMeta) ?? new ObjectMeta(),
                managed
            )
            {
                IsStoredButMetadata = isStoredButMetadata,
            };
        }
        catch (JsonException wrong)
        {
            throw Refusals.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: metadata: {wrong.Message}"
            );
        }
    }

    /// <summary>Sets a field of the metadata; null takes it away.</summary>
    public void SetMeta(string name, JsonNode? value)
    {
        if (value is null)
        {
            Metadata.Remove(name);
        }
        else
        {
            Metadata[name] = value;
        }
    }

    /// <summary>Takes a field of the metadata from another object.</summary>
    public void KeepMeta(string name, Draft from) => SetMeta(name, from.Metadata[name]?.DeepClone());

    /// <summary>Takes a field of the object from another object.</summary>
    public void Keep(string name, Draft from)
    {
        if (from.Json[name] is { } value)
        {
            Json[name] = value.DeepClone();
        }
        else
        {
            Json.Remove(name);
        }
    }

    /// <summary>The part of the object with a name; made when it is absent.</summary>
    public JsonObject Part(string name)
    {
        if (Json[name] is not JsonObject part)
        {
            Json[name] = part = [];
        }

        return part;
    }

    /// <summary>
    /// Writes the object as the store wants it: without resourceVersion, ready to take one, and without managed fields.
    /// </summary>
    public Encoded Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Encoded.Form);
        writer.WriteStartObject();
        writer.WriteString("apiVersion", Kind.ApiVersion);
        writer.WriteString("kind", Kind.Kind);
        writer.WriteStartObject("metadata");
        writer.Flush();
        var offset = buffer.WrittenCount;
        WriteFields(writer, Metadata, "resourceVersion");
        writer.Flush();
        var end = buffer.WrittenCount;
        writer.WriteEndObject();
        WriteFields(writer, Json, "apiVersion", "kind", "metadata");
        writer.WriteEndObject();
        writer.Flush();
        return new Encoded(buffer.WrittenMemory, offset, end);
    }

    private static void WriteFields(Utf8JsonWriter writer, JsonObject from, params ReadOnlySpan<string> except)
    {
        foreach (var (name, value) in from)
        {
            if (value is not null && !except.Contains(name))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }

    private static void Stamp(JsonObject json, string field, string expected, string what)
    {
        var said = json[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        if (json[field] is not null && said != expected)
        {
            throw Refusals.BadRequest(
                $"the {what} in the data ({said ?? "no text"}) does not match the expected {what} ({expected})"
            );
        }

        json[field] = expected;
    }
}
