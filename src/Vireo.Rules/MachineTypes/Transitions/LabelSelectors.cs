using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Matches labels against selectors.</summary>
public static class LabelSelectors
{
    /// <summary>True when all parts of a selector hold; no selector chooses everything.</summary>
    public static bool Matches(LabelSelector? selector, IReadOnlyDictionary<string, string>? labels) =>
        (selector?.MatchLabels ?? new Dictionary<string, string>()).All(wanted =>
            labels?.GetValueOrDefault(wanted.Key) == wanted.Value
        ) && (selector?.MatchExpressions ?? []).All(requirement => Holds(requirement, labels));

    private static bool Holds(LabelSelectorRequirement requirement, IReadOnlyDictionary<string, string>? labels)
    {
        var value = labels?.GetValueOrDefault(requirement.Key);
        return requirement.Operator switch
        {
            "In" => value is not null && requirement.Values?.Contains(value) == true,
            "NotIn" => value is null || requirement.Values?.Contains(value) != true,
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            _ => false,
        };
    }
}
