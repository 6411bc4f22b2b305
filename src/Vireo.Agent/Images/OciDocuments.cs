using System.Text.Json.Serialization;

namespace Vireo.Agent;

/// <summary>Names a blob of an image: <c>sha256:...</c>, its size and form (OCI image specification).</summary>
internal sealed record OciDescriptor(string MediaType, string Digest, long Size)
{
    public const string NameAnnotation = "org.opencontainers.image.ref.name";
    public const string StoredAtAnnotation = "dev.vireo.image.stored-at";

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public OciPlatform? Platform { get; init; }

    /// <summary>The name it bears in an index.</summary>
    [JsonIgnore]
    public string? Name => Annotations?.GetValueOrDefault(NameAnnotation);
}

/// <summary>What a manifest of a multi-platform image is for.</summary>
internal sealed record OciPlatform(string? Architecture, string? Os);

/// <summary>A list of manifests: an image layout's table of contents, or an image for several platforms.</summary>
internal sealed record OciIndex(int SchemaVersion, IReadOnlyList<OciDescriptor>? Manifests);

/// <summary>An image: its configuration and its layers, the lowest first.</summary>
internal sealed record OciManifest(OciDescriptor? Config, IReadOnlyList<OciDescriptor>? Layers);

/// <summary>How the documents are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(OciIndex))]
[JsonSerializable(typeof(OciManifest))]
internal sealed partial class OciJson : JsonSerializerContext;
