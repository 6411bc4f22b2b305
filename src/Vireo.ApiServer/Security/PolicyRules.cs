using Vireo.Api;

namespace Vireo.ApiServer.Security;

/// <summary>What the rules of roles allow. Pure.</summary>
internal static class PolicyRules
{
    private const string All = "*";

    /// <summary>True when a rule allows what is asked.</summary>
    public static bool Allows(PolicyRule rule, AccessRequest request) =>
        Has(rule.Verbs, request.Verb)
        && (
            request.Path is { } path
                ? (rule.NonResourceUrls ?? []).Any(allowed => Leads(allowed, path))
                : Has(rule.ApiGroups, request.Group)
                    && (rule.Resources ?? []).Any(allowed => IsResource(allowed, request.Resource))
                    && (
                        rule.ResourceNames is not { Count: > 0 } names
                        || (request.Name is { } name && names.Contains(name))
                    )
        );

    /// <summary>The rules that are not covered by others, taken apart; none when all that they allow is held.</summary>
    /// <param name="held">What somebody may do.</param>
    /// <param name="asked">What they would let others do.</param>
    public static IReadOnlyList<PolicyRule> NotCovered(IReadOnlyList<PolicyRule> held, IEnumerable<PolicyRule> asked) =>
        [.. asked.Where(rule => !Parts(rule).All(part => held.Any(own => Allows(own, part))))];

    /// <summary>A rule as people read it.</summary>
    public static string Text(PolicyRule rule)
    {
        var parts = new[]
        {
            ("APIGroups", rule.ApiGroups),
            ("Resources", rule.Resources),
            ("ResourceNames", rule.ResourceNames),
            ("NonResourceURLs", rule.NonResourceUrls),
            ("Verbs", rule.Verbs),
        };
        var said = parts
            .Where(part => part.Item2 is { Count: > 0 })
            .Select(part => $"{part.Item1}:[{string.Join(", ", part.Item2!.Select(value => $"\"{value}\""))}]");
        return $"{{{string.Join(", ", said)}}}";
    }

    /// <summary>Each single thing that a rule allows. What is * in it is only held by who holds *.</summary>
    private static IEnumerable<AccessRequest> Parts(PolicyRule rule)
    {
        string?[] names = rule.ResourceNames is { Count: > 0 } only ? [.. only] : [null];
        return rule.Verbs.SelectMany(verb =>
            (rule.NonResourceUrls ?? [])
                .Select(path => new AccessRequest(verb, path))
                .Concat(
                    from @group in rule.ApiGroups ?? []
                    from resource in rule.Resources ?? []
                    from name in names
                    select new AccessRequest(verb)
                    {
                        Group = @group,
                        Resource = resource,
                        Name = name,
                    }
                )
        );
    }

    private static bool Has(IReadOnlyList<string>? values, string value) =>
        values is not null && (values.Contains(All) || values.Contains(value));

    /// <summary><c>*/status</c> is the status of every resource.</summary>
    private static bool IsResource(string allowed, string resource) =>
        allowed == All
        || allowed == resource
        || (
            allowed.StartsWith("*/", StringComparison.Ordinal)
            && resource.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            && resource.AsSpan(slash).SequenceEqual(allowed.AsSpan(1))
        );

    private static bool Leads(string allowed, string path) =>
        allowed == All
        || allowed == path
        || (allowed.EndsWith('*') && path.StartsWith(allowed[..^1], StringComparison.Ordinal));
}
