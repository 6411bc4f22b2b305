namespace Vireo.Api;

/// <summary>Gives a role's rights in one namespace to users, groups and service accounts.</summary>
public sealed record RoleBinding : IResource
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
        init => field = value ?? "RoleBinding";
    } = "RoleBinding";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Who has the rights.</summary>
    public IReadOnlyList<Subject>? Subjects { get; init; }

    /// <summary>A Role of the namespace, or a ClusterRole, whose rights are given here. It never changes.</summary>
    public required RoleRef RoleRef { get; init; }
}
