using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Names a blob of an image: <c>sha256:...</c>, its size and form (OCI image specification).</summary>
internal sealed record OciDescriptor(string MediaType, string Digest, long Size)
{
    public const string NameAnnotation = "org.opencontainers.image.ref.name";
    public const string StoredAtAnnotation = "dev.vireo.image.stored-at";

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The name it bears in an index.</summary>
    [JsonIgnore]
    public string? Name => Annotations?.GetValueOrDefault(NameAnnotation);
}

/// <summary>An image layout's table of contents.</summary>
internal sealed record OciIndex(int SchemaVersion, IReadOnlyList<OciDescriptor?>? Manifests)
{
    /// <summary>The images that are named.</summary>
    [JsonIgnore]
    public IEnumerable<OciDescriptor> Images => (Manifests ?? []).OfType<OciDescriptor>();
}

/// <summary>An image: its configuration and its layers, the lowest first.</summary>
internal sealed record OciManifest(OciDescriptor Config, IReadOnlyList<OciDescriptor> Layers)
{
    /// <summary>Everything it is made of.</summary>
    [JsonIgnore]
    public IEnumerable<OciDescriptor> Parts => [Config, .. Layers];
}

/// <summary>An image's configuration; only its labels are read here.</summary>
internal sealed record OciConfiguration(OciRunConfiguration? Config = null)
{
    /// <summary>
    /// Says what machine type the image's system was made for; OpenStack's image property has that name.
    /// </summary>
    public const string MachineTypeLabel = "hw_machine_type";

    /// <summary>The machine type that the image's label names; null when it names none.</summary>
    [JsonIgnore]
    public string? MachineType =>
        Config?.Labels?.GetValueOrDefault(MachineTypeLabel) is { Length: > 0 } type ? type : null;

    /// <summary>The labels that name an instance type or a preference; null when there are none.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? Defaults =>
        (Config?.Labels ?? new Dictionary<string, string?>())
            .Where(label => label is { Value.Length: > 0 } && InferredMatchers.Labels.Contains(label.Key))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .ToDictionary(label => label.Key, label => label.Value!, StringComparer.Ordinal)
            is { Count: > 0 } labels
            ? labels
            : null;
}

/// <summary>How an image's builder wants it to be used.</summary>
internal sealed record OciRunConfiguration(
    [property: JsonPropertyName("Labels")] IReadOnlyDictionary<string, string?>? Labels = null
);

/// <summary>One image of a Docker archive's <c>manifest.json</c>; only its names are read here.</summary>
internal sealed record DockerArchiveEntry([property: JsonPropertyName("RepoTags")] IReadOnlyList<string?>? RepoTags);

/// <summary>How the documents are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(OciIndex))]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciConfiguration))]
[JsonSerializable(typeof(IReadOnlyList<DockerArchiveEntry>))]
internal sealed partial class OciJson : JsonSerializerContext
{
    /// <summary>The document; null when these bytes are none of its kind.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
