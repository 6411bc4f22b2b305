using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;
using Vireo.Rules;

namespace Vireo.ApiServer.Security;

/// <summary>Lets nobody give more than they have: not by a role, and not by binding one.</summary>
internal sealed class RoleGate(CurrentRoles roles, Authorizer authorizer)
{
    private static readonly PolicyRule[] Everything =
    [
        new()
        {
            Verbs = ["*"],
            ApiGroups = ["*"],
            Resources = ["*"],
        },
        new() { Verbs = ["*"], NonResourceUrls = ["*"] },
    ];

    /// <summary>True for the kinds by which rights are given.</summary>
    public static bool Guards(ResourceKind kind) => kind.Group == ResourceKinds.Roles.Group;

    /// <summary>Refuses a change of roles or bindings that gives what the caller does not have.</summary>
    /// <exception cref="StatusException">Forbidden, or NotFound: there is no such role to bind.</exception>
    public void Check(ApiRequest request, IResource? old, IResource next)
    {
        switch (next)
        {
            case Role role when !RoleAggregation.AreSame(role.Rules, (old as Role)?.Rules) || old is null:
                CheckRole(request, role, role.Rules ?? []);
                break;
            case ClusterRole role when old is not ClusterRole before || !IsSame(before, role):
                CheckRole(request, role, role.AggregationRule is null ? role.Rules ?? [] : Everything);
                break;
            case RoleBinding binding when old is not RoleBinding before || !IsSame(before.Subjects, binding.Subjects):
                CheckBinding(request, binding, binding.RoleRef);
                break;
            case ClusterRoleBinding binding
                when old is not ClusterRoleBinding before || !IsSame(before.Subjects, binding.Subjects):
                CheckBinding(request, binding, binding.RoleRef);
                break;
        }
    }

    private void CheckRole(ApiRequest request, IResource role, IReadOnlyList<PolicyRule> rules)
    {
        var escalate = AccessRequest.Of(request.Path, "escalate") with { Name = role.Metadata.Name };
        if (authorizer.Reason(request.Caller, escalate) is null)
        {
            RequireHeld(request, role, rules);
        }
    }

    private void CheckBinding(ApiRequest request, IResource binding, RoleRef role)
    {
        var bind = AccessRequest.Of(request.Path, "bind") with
        {
            Resource = role.Kind == "Role" ? ResourceKinds.Roles.Plural : ResourceKinds.ClusterRoles.Plural,
            Name = role.Name,
        };
        if (authorizer.Reason(request.Caller, bind) is not null)
        {
            return;
        }

        var rules =
            roles.Now.RulesOf(role, request.Namespace)
            ?? throw Refusals.NotFound(
                role.Kind == "Role" ? ResourceKinds.Roles : ResourceKinds.ClusterRoles,
                role.Name
            );
        RequireHeld(request, binding, rules);
    }

    private void RequireHeld(ApiRequest request, IResource next, IReadOnlyList<PolicyRule> rules)
    {
        var caller = request.Caller;
        var missing = PolicyRules.NotCovered(authorizer.RulesOf(caller, request.Namespace), rules);
        if (missing.Count > 0)
        {
            var groups = string.Join(' ', caller.Groups.Select(group => $"\"{group}\""));
            throw Refusals.Forbidden(
                request.Kind,
                next.Metadata.Name ?? "",
                $"user \"{caller.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n"
                    + string.Join('\n', missing.Select(PolicyRules.Text))
            );
        }
    }

    /// <summary>Labels count: by them a role becomes part of others.</summary>
    private static bool IsSame(ClusterRole old, ClusterRole next) =>
        RoleAggregation.AreSame(old.Rules, next.Rules)
        && SameJson.Are(old.AggregationRule, next.AggregationRule, ApiJson.Default.AggregationRule)
        && SameJson.Are(
            new() { Labels = Sorted(old.Metadata.Labels) },
            new() { Labels = Sorted(next.Metadata.Labels) },
            ApiJson.Default.ObjectMeta
        );

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string>? labels) =>
        new((labels ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);

    private static bool IsSame(IReadOnlyList<Subject>? old, IReadOnlyList<Subject>? next) =>
        (old ?? []).Select(Text).SequenceEqual((next ?? []).Select(Text));

    // The group goes without saying.
    private static (string, string?, string) Text(Subject subject) => (subject.Kind, subject.Namespace, subject.Name);
}
