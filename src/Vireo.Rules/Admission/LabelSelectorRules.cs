using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Selectors of labels must be able to match.</summary>
internal static class LabelSelectorRules
{
    private static readonly string[] Operators = ["In", "NotIn", "Exists", "DoesNotExist"];

    public static IEnumerable<FieldError> Check(LabelSelector? selector, string path)
    {
        foreach (var error in MetadataRules.Labels(selector?.MatchLabels, $"{path}.matchLabels"))
        {
            yield return error;
        }

        var requirements = selector?.MatchExpressions ?? [];
        for (var index = 0; index < requirements.Count; index++)
        {
            foreach (var error in Check(requirements[index], $"{path}.matchExpressions[{index}]"))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<FieldError> Check(LabelSelectorRequirement requirement, string path)
    {
        var values = requirement.Values ?? [];
        if (!NameRules.IsLabelKey(requirement.Key ?? ""))
        {
            yield return FieldError.Invalid(
                $"{path}.key",
                $"{path}.key: '{requirement.Key}' {NameRules.LabelKeyForm}."
            );
        }

        if (!Operators.Contains(requirement.Operator))
        {
            yield return FieldError.NotSupported(
                $"{path}.operator",
                $"{path}.operator: '{requirement.Operator}' is none of {string.Join(", ", Operators)}."
            );
        }
        else if (requirement.Operator is "In" or "NotIn" && values is [])
        {
            yield return FieldError.Required(
                $"{path}.values",
                $"{path}.values: {requirement.Operator} needs at least one value."
            );
        }
        else if (requirement.Operator is "Exists" or "DoesNotExist" && values is not [])
        {
            yield return FieldError.Forbidden(
                $"{path}.values",
                $"{path}.values: {requirement.Operator} takes no values."
            );
        }

        for (var index = 0; index < values.Count; index++)
        {
            if (!NameRules.IsLabelValue(values[index]))
            {
                yield return FieldError.Invalid(
                    $"{path}.values[{index}]",
                    $"{path}.values[{index}]: '{values[index]}' {NameRules.LabelValueForm}."
                );
            }
        }
    }
}
