namespace Vireo.Api;

/// <summary>Asks whether a token holds, and whose it is.</summary>
public sealed record TokenReview : IResource
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
        init => field = value ?? "TokenReview";
    } = "TokenReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>The token.</summary>
    public TokenReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public TokenReviewStatus? Status { get; init; }
}

/// <summary>What is asked of a token.</summary>
public sealed record TokenReviewSpec
{
    /// <summary>The token.</summary>
    public string? Token { get; init; }

    /// <summary>Those it has to be for, at least one of them; none means this server.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }
}

/// <summary>What is known of a token.</summary>
public sealed record TokenReviewStatus
{
    /// <summary>True when it holds.</summary>
    public bool? Authenticated { get; init; }

    /// <summary>Whose it is.</summary>
    public UserInfo? User { get; init; }

    /// <summary>Those it is for, of those that were asked about.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Why it does not hold.</summary>
    public string? Error { get; init; }
}
