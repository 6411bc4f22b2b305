using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What a cluster role that is made of others comes to. Pure.</summary>
public static class RoleAggregation
{
    /// <summary>
    /// The rules of a role: its own, or where it is made of others those of all that its selectors choose, each once.
    /// </summary>
    /// <param name="role">The role.</param>
    /// <param name="all">Every cluster role.</param>
    public static IReadOnlyList<PolicyRule> RulesOf(ClusterRole role, IReadOnlyCollection<ClusterRole> all)
    {
        if (role.AggregationRule is null)
        {
            return role.Rules ?? [];
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (texts, rules) = (new HashSet<string>(StringComparer.Ordinal), new List<PolicyRule>());
        Gather(role);
        return rules;

        // A role made of itself, also by way of others, adds nothing new.
        void Gather(ClusterRole from)
        {
            if (!seen.Add(from.Metadata.Name ?? ""))
            {
                return;
            }

            if (from.AggregationRule is not { } made)
            {
                rules.AddRange((from.Rules ?? []).Where(rule => texts.Add(Text(rule))));
                return;
            }

            foreach (var part in all.Where(one => Chooses(made, one)).OrderBy(Name, StringComparer.Ordinal))
            {
                Gather(part);
            }
        }
    }

    /// <summary>True when two lists say the same in the same order.</summary>
    public static bool AreSame(IReadOnlyList<PolicyRule>? one, IReadOnlyList<PolicyRule>? other) =>
        (one ?? []).Select(Text).SequenceEqual((other ?? []).Select(Text), StringComparer.Ordinal);

    private static string Name(ClusterRole role) => role.Metadata.Name ?? "";

    private static bool Chooses(AggregationRule made, ClusterRole role) =>
        (made.ClusterRoleSelectors ?? []).Any(selector => LabelSelectors.Matches(selector, role.Metadata.Labels));

    /// <summary>What a rule says, in a form to compare.</summary>
    private static string Text(PolicyRule rule) =>
        string.Join(
            '\n',
            new[] { rule.Verbs, rule.ApiGroups, rule.Resources, rule.ResourceNames, rule.NonResourceUrls }.Select(
                values => string.Join('\t', values ?? [])
            )
        );
}
