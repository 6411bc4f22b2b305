using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a machine refers to by one of its matchers.</summary>
public enum MatcherRole
{
    /// <summary>Its size: <c>spec.instancetype</c>.</summary>
    Instancetype,

    /// <summary>What it is given where it says nothing: <c>spec.preference</c>.</summary>
    Preference,
}

/// <summary>The kinds that matchers name.</summary>
public static class InstanceTypeKinds
{
    /// <summary>
    /// The kind that a matcher's <c>kind</c> means: in any case, singular or plural; the cluster's kind when empty.
    /// Null when it is none of the two that the role has.
    /// </summary>
    public static ResourceKind? Of(MatcherRole role, string? kind) =>
        string.IsNullOrEmpty(kind) ? ClusterKindOf(role) : KindsOf(role).FirstOrDefault(one => IsNamed(one, kind));

    /// <summary>The kinds of a role: that of a namespace, that of the whole cluster.</summary>
    public static IReadOnlyList<ResourceKind> KindsOf(MatcherRole role) =>
        [NamespacedKindOf(role), ClusterKindOf(role)];

    /// <summary>The kind whose objects machines of every namespace may use.</summary>
    public static ResourceKind ClusterKindOf(MatcherRole role) =>
        role is MatcherRole.Instancetype
            ? ResourceKinds.VirtualMachineClusterInstancetypes
            : ResourceKinds.VirtualMachineClusterPreferences;

    /// <summary>The kind whose objects machines of their namespace may use.</summary>
    public static ResourceKind NamespacedKindOf(MatcherRole role) =>
        role is MatcherRole.Instancetype
            ? ResourceKinds.VirtualMachineInstancetypes
            : ResourceKinds.VirtualMachinePreferences;

    private static bool IsNamed(ResourceKind kind, string word) =>
        string.Equals(kind.Kind, word, StringComparison.OrdinalIgnoreCase)
        || string.Equals(kind.Plural, word, StringComparison.OrdinalIgnoreCase);
}
