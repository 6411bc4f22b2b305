namespace Vireo.Api;

/// <summary>What may be done in one namespace, by those it is bound to.</summary>
public sealed record Role : IResource
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
        init => field = value ?? "Role";
    } = "Role";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What may be done; nothing is ever forbidden by a rule.</summary>
    public IReadOnlyList<PolicyRule>? Rules { get; init; }
}
