using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>Chooses objects by their labels; all parts must hold. An empty selector chooses everything.</summary>
[Atomic]
public sealed record LabelSelector
{
    /// <summary>Labels that must have exactly these values.</summary>
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    /// <summary>Further conditions on labels.</summary>
    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }
}

/// <summary>One condition on one label.</summary>
public sealed record LabelSelectorRequirement
{
    /// <summary>The label.</summary>
    public required string Key { get; init; }

    /// <summary>How the label is compared with the values.</summary>
    [AllowedValues("In", "NotIn", "Exists", "DoesNotExist")]
    public required string Operator { get; init; }

    /// <summary>The values for In and NotIn.</summary>
    public IReadOnlyList<string>? Values { get; init; }
}
