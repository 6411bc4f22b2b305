namespace Vireo.Api;

/// <summary>
/// Questions in the form of objects: they are posted, the answer is the object with its status, and none is kept.
/// </summary>
public static class ReviewKinds
{
    private const string Authorization = "authorization.k8s.io";
    private const string Authentication = "authentication.k8s.io";

    /// <summary>May I?</summary>
    public static ResourceKind<SelfSubjectAccessReview> SelfSubjectAccessReviews { get; } =
        new(
            Authorization,
            "v1",
            "SelfSubjectAccessReview",
            "selfsubjectaccessreviews",
            false,
            ApiJson.Default.SelfSubjectAccessReview
        );

    /// <summary>What may I?</summary>
    public static ResourceKind<SelfSubjectRulesReview> SelfSubjectRulesReviews { get; } =
        new(
            Authorization,
            "v1",
            "SelfSubjectRulesReview",
            "selfsubjectrulesreviews",
            false,
            ApiJson.Default.SelfSubjectRulesReview
        );

    /// <summary>May they?</summary>
    public static ResourceKind<SubjectAccessReview> SubjectAccessReviews { get; } =
        new(
            Authorization,
            "v1",
            "SubjectAccessReview",
            "subjectaccessreviews",
            false,
            ApiJson.Default.SubjectAccessReview
        );

    /// <summary>May they, in this namespace?</summary>
    public static ResourceKind<LocalSubjectAccessReview> LocalSubjectAccessReviews { get; } =
        new(
            Authorization,
            "v1",
            "LocalSubjectAccessReview",
            "localsubjectaccessreviews",
            true,
            ApiJson.Default.LocalSubjectAccessReview
        );

    /// <summary>Who am I?</summary>
    public static ResourceKind<SelfSubjectReview> SelfSubjectReviews { get; } =
        new(Authentication, "v1", "SelfSubjectReview", "selfsubjectreviews", false, ApiJson.Default.SelfSubjectReview);

    /// <summary>Whose token is this?</summary>
    public static ResourceKind<TokenReview> TokenReviews { get; } =
        new(Authentication, "v1", "TokenReview", "tokenreviews", false, ApiJson.Default.TokenReview);

    /// <summary>Every question.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        SelfSubjectAccessReviews,
        SelfSubjectRulesReviews,
        SubjectAccessReviews,
        LocalSubjectAccessReviews,
        SelfSubjectReviews,
        TokenReviews,
    ];

    /// <summary>Asks for a token of a service account: the subresource <c>serviceaccounts/token</c>.</summary>
    public static ResourceKind<TokenRequest> TokenRequests { get; } =
        new(Authentication, "v1", "TokenRequest", "token", true, ApiJson.Default.TokenRequest);
}
