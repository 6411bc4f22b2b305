using System.Text.Json.Nodes;

namespace Vireo.Runtime;

/// <summary>A change to an object that needs no reading first.</summary>
public sealed record Patch
{
    private Patch(string mediaType, JsonNode body) => (MediaType, Body) = (mediaType, body);

    /// <summary>The form of the body.</summary>
    public string MediaType { get; }

    /// <summary>The change.</summary>
    public JsonNode Body { get; }

    /// <summary>RFC 7396: fields given replace fields there, null removes. Lists are replaced whole.</summary>
    /// <remarks>
    /// With <c>metadata.resourceVersion</c> in it, it fails with Conflict when the object has changed.
    /// </remarks>
    public static Patch Merge(JsonNode change) => new("application/merge-patch+json", change);

    /// <summary>RFC 6902: a list of operations that all succeed or none, with <c>test</c> as a condition.</summary>
    public static Patch Json(JsonArray operations) => new("application/json-patch+json", operations);
}
