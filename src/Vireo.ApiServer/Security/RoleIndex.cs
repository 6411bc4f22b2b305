using System.Runtime.CompilerServices;
using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Security;

/// <summary>A role's rules in somebody's hands.</summary>
/// <param name="Rules">What the role allows.</param>
/// <param name="Why">By which binding, for people.</param>
internal sealed record Grant(IReadOnlyList<PolicyRule> Rules, string Why);

/// <summary>Who may do what by the roles and bindings of one moment.</summary>
internal sealed class RoleIndex
{
    private const string AccountPrefix = "system:serviceaccount:";

    /// <summary>Objects do not change: each is taken apart once, however often the index is made.</summary>
    private static readonly ConditionalWeakTable<StoredObject, IResource> Parsed = [];

    private readonly Dictionary<(string? Namespace, string Subject), List<Grant>> _grants = [];
    private readonly Dictionary<(string? Namespace, string Name), IReadOnlyList<PolicyRule>> _roles = [];

    /// <summary>Takes in all roles and bindings that the store holds.</summary>
    public RoleIndex(ResourceStore store)
    {
        var cluster = All(store, ResourceKinds.ClusterRoles);
        foreach (var role in cluster)
        {
            _roles[(null, role.Metadata.Name!)] = RoleAggregation.RulesOf(role, cluster);
        }

        foreach (var role in All(store, ResourceKinds.Roles))
        {
            _roles[(role.Metadata.Namespace, role.Metadata.Name!)] = role.Rules ?? [];
        }

        foreach (var binding in All(store, ResourceKinds.ClusterRoleBindings))
        {
            Bind(binding, null, binding.RoleRef, binding.Subjects);
        }

        foreach (var binding in All(store, ResourceKinds.RoleBindings))
        {
            Bind(binding, binding.Metadata.Namespace, binding.RoleRef, binding.Subjects);
        }
    }

    /// <summary>What somebody was given for the whole cluster, and for the namespace.</summary>
    public IEnumerable<Grant> Of(Caller caller, string? ns)
    {
        foreach (var subject in caller.Groups.Select(group => "Group " + group).Prepend("User " + caller.Name))
        {
            foreach (var grant in _grants.GetValueOrDefault((null, subject)) ?? [])
            {
                yield return grant;
            }

            foreach (var grant in ns is null ? [] : _grants.GetValueOrDefault((ns, subject)) ?? [])
            {
                yield return grant;
            }
        }
    }

    /// <summary>The rules of the role that a binding names; null when there is no such role.</summary>
    public IReadOnlyList<PolicyRule>? RulesOf(RoleRef role, string? ns) =>
        _roles.GetValueOrDefault((role.Kind == "Role" ? ns : null, role.Name));

    private void Bind(IResource binding, string? ns, RoleRef role, IReadOnlyList<Subject>? subjects)
    {
        if (RulesOf(role, ns) is not { Count: > 0 } rules)
        {
            return;
        }

        var name = ns is null ? binding.Metadata.Name : $"{binding.Metadata.Name}/{ns}";
        foreach (var subject in subjects ?? [])
        {
            var isAccount = subject.Kind == "ServiceAccount";
            var key = isAccount
                ? $"User {AccountPrefix}{subject.Namespace}:{subject.Name}"
                : $"{subject.Kind} {subject.Name}";
            var whom = isAccount ? $"{subject.Name}/{subject.Namespace}" : subject.Name;
            var why =
                $"RBAC: allowed by {binding.Kind} \"{name}\" of {role.Kind} \"{role.Name}\" to {subject.Kind} \"{whom}\"";
            if (!_grants.TryGetValue((ns, key), out var grants))
            {
                _grants[(ns, key)] = grants = [];
            }

            grants.Add(new(rules, why));
        }
    }

    private static List<T> All<T>(ResourceStore store, ResourceKind<T> kind)
        where T : class, IResource =>
        [.. store.List(kind, null).Items.Select(stored => (T)Parsed.GetValue(stored, one => Read(kind, one)))];

    private static IResource Read<T>(ResourceKind<T> kind, StoredObject stored)
        where T : class, IResource =>
        JsonSerializer.Deserialize(stored.Json.Span, kind.JsonType)
        ?? throw new InvalidOperationException($"The stored {kind.Kind} {stored.Name} is empty.");
}
