using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>Gives a role's rights in the whole cluster to users, groups and service accounts.</summary>
public sealed record ClusterRoleBinding : IResource
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
        init => field = value ?? "ClusterRoleBinding";
    } = "ClusterRoleBinding";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Who has the rights.</summary>
    public IReadOnlyList<Subject>? Subjects { get; init; }

    /// <summary>The ClusterRole whose rights are given. It never changes.</summary>
    public required RoleRef RoleRef { get; init; }
}

/// <summary>Names a role.</summary>
public sealed record RoleRef
{
    /// <summary>The group of roles.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Role or ClusterRole.</summary>
    public required string Kind { get; init; }

    /// <summary>The role's name.</summary>
    public required string Name { get; init; }
}

/// <summary>One to whom rights are given.</summary>
public sealed record Subject
{
    /// <summary>What it is.</summary>
    [AllowedValues("User", "Group", "ServiceAccount")]
    public required string Kind { get; init; }

    /// <summary>The group of users and groups; empty for service accounts.</summary>
    public string? ApiGroup { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of a service account.</summary>
    public string? Namespace { get; init; }
}
