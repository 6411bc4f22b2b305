namespace Vireo.Api;

/// <summary>Texts and files that only those who need them may read.</summary>
public sealed record Secret : IResource
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
        init => field = value ?? "Secret";
    } = "Secret";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Values by name, in base64.</summary>
    [Base64]
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Values by name as plain text; moved into data when written, never read back.</summary>
    public IReadOnlyDictionary<string, string>? StringData { get; init; }

    /// <summary>What the secret is for; Opaque when nothing is said.</summary>
    public string? Type { get; init; }

    /// <summary>True when the contents must never change.</summary>
    public bool? Immutable { get; init; }
}

/// <summary>Names an object in the same namespace.</summary>
[Atomic]
public sealed record LocalObjectReference
{
    /// <summary>The object's name.</summary>
    public string? Name { get; init; }
}
