using System.Globalization;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Reading;

/// <summary>How a requirement compares a label.</summary>
internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// <summary>One part of a label selector.</summary>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(Dictionary<string, string> labels)
    {
        var has = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => has && Values.Contains(value),
            LabelOperator.NotIn => !has || !Values.Contains(value),
            LabelOperator.Exists => has,
            LabelOperator.DoesNotExist => !has,
            LabelOperator.GreaterThan => Number(value) is { } mine && mine > Number(Values[0]),
            LabelOperator.LessThan => Number(value) is { } mine && mine < Number(Values[0]),
            _ => throw new InvalidOperationException($"No rule for {Operator}."),
        };
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

/// <summary>The <c>labelSelector</c> of a request: all requirements must hold.</summary>
internal sealed record LabelQuery(IReadOnlyList<LabelRequirement> Requirements)
{
    public bool Matches(Dictionary<string, string> labels) =>
        Requirements.All(requirement => requirement.Matches(labels));

    /// <summary>Reads <c>app=web,tier in (a,b),!old</c>.</summary>
    /// <exception cref="StatusException">BadRequest: the text is not a label selector.</exception>
    public static LabelQuery Parse(string text) => new(new LabelQueryParser(text).Parse());
}
