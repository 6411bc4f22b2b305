namespace Vireo.Api;

/// <summary>Asks who the one who asks is to the server.</summary>
public sealed record SelfSubjectReview : IResource
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
        init => field = value ?? "SelfSubjectReview";
    } = "SelfSubjectReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>The answer.</summary>
    public SelfSubjectReviewStatus? Status { get; init; }
}

/// <summary>Who asked.</summary>
public sealed record SelfSubjectReviewStatus
{
    /// <summary>The user.</summary>
    public required UserInfo UserInfo { get; init; }
}

/// <summary>What the server knows of a user.</summary>
public sealed record UserInfo
{
    /// <summary>The user's name.</summary>
    public string? Username { get; init; }

    /// <summary>What tells the user apart from others of the name, at other times.</summary>
    public string? Uid { get; init; }

    /// <summary>The groups the user is in.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>What else is known, for example what a token is bound to.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }
}
