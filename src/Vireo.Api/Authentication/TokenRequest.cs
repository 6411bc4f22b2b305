namespace Vireo.Api;

/// <summary>Asks for a token of a service account.</summary>
public sealed record TokenRequest : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "authentication.k8s.io/v1";
    } = "authentication.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "TokenRequest";
    } = "TokenRequest";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the token is to be.</summary>
    public TokenRequestSpec? Spec { get; init; }

    /// <summary>The token.</summary>
    public TokenRequestStatus? Status { get; init; }
}

/// <summary>What a token is to be.</summary>
public sealed record TokenRequestSpec
{
    /// <summary>Those it is for; none means this server.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>How long it holds, in seconds: at least 600; an hour when nothing is said.</summary>
    public long? ExpirationSeconds { get; init; }

    /// <summary>An object that it ends with.</summary>
    public BoundObjectReference? BoundObjectRef { get; init; }
}

/// <summary>Names the object that a token ends with.</summary>
public sealed record BoundObjectReference
{
    /// <summary>The kind: Secret.</summary>
    public string? Kind { get; init; }

    /// <summary>The version of the kind: v1.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The object's name.</summary>
    public string? Name { get; init; }

    /// <summary>The object's identity; that of the object of the name when nothing is said.</summary>
    public string? Uid { get; init; }
}

/// <summary>A token.</summary>
public sealed record TokenRequestStatus
{
    /// <summary>The token.</summary>
    public required string Token { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpirationTimestamp { get; init; }
}
