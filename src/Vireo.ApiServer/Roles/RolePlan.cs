using Vireo.Api;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Roles;

/// <summary>What becomes of a role or binding of ours that is there already: what it lacks is added. Pure.</summary>
/// <remarks>What users added stays; who wants less than we give sets the annotation to "false".</remarks>
internal static class RolePlan
{
    /// <summary>The role with what it lacks; null when it lacks nothing, or is not ours to change.</summary>
    public static ClusterRole? Complete(ClusterRole ours, ClusterRole present)
    {
        if (IsKept(present))
        {
            return null;
        }

        var metadata = Complete(ours.Metadata, present.Metadata);
        var lacking = ours.AggregationRule is null ? PolicyRules.NotCovered(present.Rules ?? [], ours.Rules ?? []) : [];
        var isWhole = ours.AggregationRule is null == present.AggregationRule is null;
        return metadata is null && lacking.Count == 0 && isWhole
            ? null
            : present with
            {
                Metadata = metadata ?? present.Metadata,
                Rules = [.. present.Rules ?? [], .. lacking],
                AggregationRule = isWhole ? present.AggregationRule : ours.AggregationRule,
            };
    }

    /// <summary>The binding with what it lacks; null when it lacks nothing, or is not ours to change.</summary>
    public static ClusterRoleBinding? Complete(ClusterRoleBinding ours, ClusterRoleBinding present)
    {
        if (IsKept(present) || present.RoleRef.Name != ours.RoleRef.Name)
        {
            return null;
        }

        var metadata = Complete(ours.Metadata, present.Metadata);
        IReadOnlyList<Subject> lacking = [.. (ours.Subjects ?? []).Except(present.Subjects ?? [])];
        return metadata is null && lacking.Count == 0
            ? null
            : present with
            {
                Metadata = metadata ?? present.Metadata,
                Subjects = [.. present.Subjects ?? [], .. lacking],
            };
    }

    private static bool IsKept(IResource present) =>
        present.Metadata.Annotations?.GetValueOrDefault(BootstrapRoles.AutoUpdate) == "false";

    private static ObjectMeta? Complete(ObjectMeta ours, ObjectMeta present)
    {
        var (labels, annotations) = (
            Complete(ours.Labels, present.Labels),
            Complete(ours.Annotations, present.Annotations)
        );
        return labels is null && annotations is null
            ? null
            : present with
            {
                Labels = labels ?? present.Labels,
                Annotations = annotations ?? present.Annotations,
            };
    }

    private static Dictionary<string, string>? Complete(
        IReadOnlyDictionary<string, string>? ours,
        IReadOnlyDictionary<string, string>? present
    )
    {
        var whole = (present ?? new Dictionary<string, string>()).ToDictionary();
        foreach (var (key, value) in ours ?? new Dictionary<string, string>())
        {
            whole.TryAdd(key, value);
        }

        return whole.Count == (present?.Count ?? 0) ? null : whole;
    }
}
