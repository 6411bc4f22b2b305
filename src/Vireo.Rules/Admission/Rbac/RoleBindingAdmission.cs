using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a binding of a role has to say, and that it stays bound to its role.</summary>
internal static class RoleBindingAdmission
{
    private const string Group = "rbac.authorization.k8s.io";

    public static AdmissionResult Review(AdmissionRequest request, RoleBinding binding)
    {
        var old = (request.OldObject as RoleBinding)?.RoleRef;
        var complete = Complete(binding.RoleRef, binding.Subjects);
        IEnumerable<FieldError> faults =
        [
            .. OfRole(binding.RoleRef, old, ["Role", "ClusterRole"]),
            .. OfSubjects(binding.Subjects),
        ];
        return new(
            complete is { } more ? binding with { RoleRef = more.Role, Subjects = more.Subjects } : binding,
            [.. faults],
            []
        );
    }

    public static AdmissionResult Review(AdmissionRequest request, ClusterRoleBinding binding)
    {
        var old = (request.OldObject as ClusterRoleBinding)?.RoleRef;
        var complete = Complete(binding.RoleRef, binding.Subjects);
        IEnumerable<FieldError> faults =
        [
            .. OfRole(binding.RoleRef, old, ["ClusterRole"]),
            .. OfSubjects(binding.Subjects),
        ];
        return new(
            complete is { } more ? binding with { RoleRef = more.Role, Subjects = more.Subjects } : binding,
            [.. faults],
            []
        );
    }

    /// <summary>Fills in the group where it goes without saying; null when it is there everywhere.</summary>
    private static (RoleRef Role, IReadOnlyList<Subject>? Subjects)? Complete(
        RoleRef role,
        IReadOnlyList<Subject>? subjects
    ) =>
        string.IsNullOrEmpty(role.ApiGroup) || subjects?.Any(LacksGroup) == true
            ? (
                string.IsNullOrEmpty(role.ApiGroup) ? role with { ApiGroup = Group } : role,
                subjects is null
                    ? null
                    : [.. subjects.Select(one => LacksGroup(one) ? one with { ApiGroup = Group } : one)]
            )
            : null;

    private static bool LacksGroup(Subject subject) =>
        subject.Kind is "User" or "Group" && string.IsNullOrEmpty(subject.ApiGroup);

    private static IEnumerable<FieldError> OfRole(RoleRef role, RoleRef? old, string[] kinds)
    {
        if (role.ApiGroup is { Length: > 0 } and not Group)
        {
            yield return FieldError.NotSupported(
                "roleRef.apiGroup",
                $"Unsupported value: \"{role.ApiGroup}\": supported values: \"{Group}\""
            );
        }

        if (!kinds.Contains(role.Kind))
        {
            yield return FieldError.NotSupported(
                "roleRef.kind",
                $"Unsupported value: \"{role.Kind}\": supported values: \"{string.Join("\", \"", kinds)}\""
            );
        }

        if (role.Name.Length == 0)
        {
            yield return FieldError.Required("roleRef.name", "Required value");
        }

        if (old is not null && (role.Kind, role.Name) != (old.Kind, old.Name))
        {
            yield return FieldError.Invalid(
                "roleRef",
                $"Invalid value: {role.Kind}/{role.Name}: cannot change roleRef: delete the binding and make another"
            );
        }
    }

    private static IEnumerable<FieldError> OfSubjects(IReadOnlyList<Subject>? subjects)
    {
        var at = 0;
        foreach (var subject in subjects ?? [])
        {
            var field = $"subjects[{at++}]";
            var isAccount = subject.Kind == "ServiceAccount";
            if (subject.Name.Length == 0)
            {
                yield return FieldError.Required($"{field}.name", "Required value");
            }

            if (isAccount && string.IsNullOrEmpty(subject.Namespace))
            {
                yield return FieldError.Required($"{field}.namespace", "Required value");
            }

            if (subject.ApiGroup is { Length: > 0 } group && (isAccount || group != Group))
            {
                yield return FieldError.NotSupported(
                    $"{field}.apiGroup",
                    $"Unsupported value: \"{group}\": supported values: \"{(isAccount ? "" : Group)}\""
                );
            }
        }
    }
}
