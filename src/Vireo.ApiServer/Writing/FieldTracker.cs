using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.ApiServer.Applying;
using Vireo.ApiServer.OpenApi;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Writing;

/// <summary>Says which managed fields an object bears after a write.</summary>
internal static class FieldTracker
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// After it was made. Those that Vireo's own parts make are not tracked until somebody applies them.
    /// </summary>
    /// <param name="request">Who made it.</param>
    /// <param name="made">The object as it was asked for: what admission adds is nobody's.</param>
    /// <param name="now">The time.</param>
    public static ReadOnlyMemory<byte> Made(ApiRequest request, Draft made, DateTimeOffset now)
    {
        if (request.Caller.IsSystem)
        {
            return default;
        }

        var write = WriterName.Of(request, now);
        return Tracking.Update(ManagedFields.None, null, made.Json, StructuralSchema.For(made.Kind), write).Written();
    }

    /// <summary>After it was changed.</summary>
    /// <param name="request">Who changed it, and how.</param>
    /// <param name="asked">The object as the client wants it, with what it says of the managers.</param>
    /// <param name="old">The object before.</param>
    /// <param name="result">The object after, as it was asked for.</param>
    /// <param name="time">The time.</param>
    public static ReadOnlyMemory<byte> Changed(
        ApiRequest request,
        Draft asked,
        Draft old,
        Draft result,
        DateTimeOffset time
    )
    {
        var isWhole = request.Path.Subresource is null;
        if (isWhole && IsReset(asked.Managed))
        {
            return default;
        }

        if (request is { Caller.IsSystem: true, Path.Subresource: "status" } && !IsStatusOwned(old.Managed))
        {
            return Kept(old.Managed);
        }

        var (raw, before) = isWhole ? Given(asked.Managed, old.Managed) : Given(null, old.Managed);
        var write = WriterName.Of(request, time);
        var (was, now) = result.IsStoredButMetadata ? (MetadataOf(old), MetadataOf(result)) : (old.Json, result.Json);
        var after = Tracking.Update(before, was, now, StructuralSchema.For(result.Kind), write);
        return ReferenceEquals(after, before) && raw is not null ? Kept(raw) : after.Written();
    }

    /// <summary>What an object says of its managers, as it says it.</summary>
    public static ReadOnlyMemory<byte> Kept(JsonNode? managed)
    {
        if (managed is not JsonArray { Count: > 0 })
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Plain);
        managed.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static JsonObject MetadataOf(Draft draft) => new() { ["metadata"] = draft.Metadata.DeepClone() };

    /// <summary>
    /// What the client says counts when it is to be understood. An empty list is what clients send that know nothing of
    /// managers: it changes nothing.
    /// </summary>
    /// <returns>Who owns what, and the list that says so; null when it has to be written anew.</returns>
    private static (JsonNode? Raw, ManagedFields Read) Given(JsonNode? asked, JsonNode? old) =>
        // Compared first: what was not looked into yet is compared as text.
        !JsonNode.DeepEquals(asked, old) && ManagedFields.Read(asked) is { IsEmpty: false } given
            ? (null, given)
            : (old, ManagedFields.Read(old) ?? ManagedFields.None);

    /// <summary>One empty entry: nobody owns anything any more.</summary>
    private static bool IsReset(JsonNode? managed) => managed is JsonArray { Count: 1 } and [JsonObject { Count: 0 }];

    private static bool IsStatusOwned(JsonNode? managed) =>
        managed is JsonArray entries && entries.Any(entry => entry?["fieldsV1"]?["f:status"] is not null);
}
