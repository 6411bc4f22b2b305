using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>Asks whether the one who asks may do something.</summary>
public sealed record SelfSubjectAccessReview : IResource
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
        init => field = value ?? "SelfSubjectAccessReview";
    } = "SelfSubjectAccessReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What would be done.</summary>
    public SelfSubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; init; }
}

/// <summary>What would be done: one of the two.</summary>
public sealed record SelfSubjectAccessReviewSpec
{
    /// <summary>Something with an object.</summary>
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>Something with a path.</summary>
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

/// <summary>Asks what the one who asks may do in a namespace.</summary>
public sealed record SelfSubjectRulesReview : IResource
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
        init => field = value ?? "SelfSubjectRulesReview";
    } = "SelfSubjectRulesReview";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Where.</summary>
    public SelfSubjectRulesReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public SubjectRulesReviewStatus? Status { get; init; }
}

/// <summary>Where rights are asked for.</summary>
public sealed record SelfSubjectRulesReviewSpec
{
    /// <summary>The namespace.</summary>
    public string? Namespace { get; init; }
}

/// <summary>What somebody may do.</summary>
public sealed record SubjectRulesReviewStatus
{
    /// <summary>What may be done with objects.</summary>
    public required IReadOnlyList<ResourceRule> ResourceRules { get; init; }

    /// <summary>What may be done with paths.</summary>
    public required IReadOnlyList<NonResourceRule> NonResourceRules { get; init; }

    /// <summary>True when more may be allowed than is listed.</summary>
    public required bool Incomplete { get; init; }

    /// <summary>What went wrong while the answer was sought.</summary>
    public string? EvaluationError { get; init; }
}

/// <summary>Verbs on objects.</summary>
public sealed record ResourceRule
{
    /// <summary>What may be done.</summary>
    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>The API groups.</summary>
    public IReadOnlyList<string>? ApiGroups { get; init; }

    /// <summary>The resources.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>The only objects; none means all.</summary>
    public IReadOnlyList<string>? ResourceNames { get; init; }
}

/// <summary>Verbs on paths.</summary>
public sealed record NonResourceRule
{
    /// <summary>What may be done.</summary>
    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>The paths.</summary>
    [JsonPropertyName("nonResourceURLs")]
    public IReadOnlyList<string>? NonResourceUrls { get; init; }
}
