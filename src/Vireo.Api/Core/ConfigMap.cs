namespace Vireo.Api;

/// <summary>Texts and files that are no secret.</summary>
public sealed record ConfigMap : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "v1";
    } = "v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "ConfigMap";
    } = "ConfigMap";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Texts by name.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Bytes by name, in base64.</summary>
    [Base64]
    public IReadOnlyDictionary<string, string>? BinaryData { get; init; }

    /// <summary>True when the contents must never change.</summary>
    public bool? Immutable { get; init; }
}
