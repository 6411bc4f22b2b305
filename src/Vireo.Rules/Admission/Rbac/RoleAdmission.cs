using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the rules of a role have to say to mean anything.</summary>
internal static class RoleAdmission
{
    public static AdmissionResult Review(IResource role, IReadOnlyList<PolicyRule>? rules, bool isNamespaced) =>
        new(role, [.. (rules ?? []).SelectMany((rule, at) => Faults($"rules[{at}]", rule, isNamespaced))], []);

    private static IEnumerable<FieldError> Faults(string field, PolicyRule rule, bool isNamespaced)
    {
        if (rule.Verbs is not { Count: > 0 })
        {
            yield return FieldError.Required($"{field}.verbs", "Required value: verbs must contain at least one value");
        }

        if (rule.NonResourceUrls is { Count: > 0 } paths)
        {
            if (isNamespaced)
            {
                yield return FieldError.Invalid(
                    $"{field}.nonResourceURLs",
                    $"Invalid value: [{Listed(paths)}]: namespaced rules cannot apply to non-resource URLs"
                );
            }

            if ((rule.ApiGroups ?? []).Concat(rule.Resources ?? []).Concat(rule.ResourceNames ?? []).Any())
            {
                yield return FieldError.Invalid(
                    $"{field}.nonResourceURLs",
                    $"Invalid value: [{Listed(paths)}]: rules cannot apply to both regular resources and non-resource URLs"
                );
            }

            yield break;
        }

        if (rule.ApiGroups is not { Count: > 0 })
        {
            yield return FieldError.Required(
                $"{field}.apiGroups",
                "Required value: resource rules must supply at least one api group"
            );
        }

        if (rule.Resources is not { Count: > 0 })
        {
            yield return FieldError.Required(
                $"{field}.resources",
                "Required value: resource rules must supply at least one resource"
            );
        }
    }

    private static string Listed(IEnumerable<string> values) =>
        string.Join(", ", values.Select(value => $"\"{value}\""));
}
