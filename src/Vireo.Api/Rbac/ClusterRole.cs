namespace Vireo.Api;

/// <summary>
/// What may be done in the whole cluster, or in the namespace it is bound in, by those it is bound to.
/// </summary>
public sealed record ClusterRole : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "rbac.authorization.k8s.io/v1";
    } = "rbac.authorization.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "ClusterRole";
    } = "ClusterRole";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What may be done; nothing is ever forbidden by a rule.</summary>
    public IReadOnlyList<PolicyRule>? Rules { get; init; }

    /// <summary>Where the rules come from other roles: which ones. The rules are then written by the system.</summary>
    public AggregationRule? AggregationRule { get; init; }
}

/// <summary>Which roles a role is made of.</summary>
public sealed record AggregationRule
{
    /// <summary>Each chooses cluster roles by their labels; the role has the rules of all of them.</summary>
    public IReadOnlyList<LabelSelector>? ClusterRoleSelectors { get; init; }
}
