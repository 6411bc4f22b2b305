namespace Vireo.Api;

/// <summary>Asks whether somebody may do something.</summary>
public sealed record SubjectAccessReview : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "authorization.k8s.io/v1";
    } = "authorization.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "SubjectAccessReview";
    } = "SubjectAccessReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Who would do what.</summary>
    public SubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; init; }
}

/// <summary>Asks whether somebody may do something in the namespace it is asked in.</summary>
public sealed record LocalSubjectAccessReview : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "authorization.k8s.io/v1";
    } = "authorization.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "LocalSubjectAccessReview";
    } = "LocalSubjectAccessReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Who would do what; the namespace is that of the path.</summary>
    public SubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; init; }
}

/// <summary>Who would do what.</summary>
public sealed record SubjectAccessReviewSpec
{
    /// <summary>Something with an object.</summary>
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>Something with a path.</summary>
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    /// <summary>The user; at least this or groups is needed.</summary>
    public string? User { get; init; }

    /// <summary>The groups the user is in.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>What else is known of the user; it makes no difference.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    /// <summary>The user's identity; it makes no difference.</summary>
    public string? Uid { get; init; }
}
