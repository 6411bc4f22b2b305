using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Clusters;

/// <summary>Reads how people name instance types and preferences: <c>[KIND/]NAME</c>.</summary>
internal static class MatcherText
{
    /// <summary>The object that a text names; the cluster's kind when the text names none.</summary>
    /// <exception cref="UsageException">It names none.</exception>
    public static MachineMatcher Parse(MatcherRole role, string text)
    {
        var (kind, name) = text.Split('/') switch
        {
            [var alone] => (null, alone),
            [var word, var named] when word.Length > 0 => (word, named),
            _ => ("", ""),
        };
        return name.Length > 0 && KindOf(role, kind) is { } known
            ? new(role, name, known.Kind, null, null, null)
            : throw new UsageException(
                $"'{text}' names no {WordOf(role)}: write NAME for one of the cluster, or KIND/NAME with KIND "
                    + string.Join(" or ", InstanceTypeKinds.KindsOf(role).Select(one => one.Singular))
                    + "."
            );
    }

    /// <summary>People may also write what kubectl abbreviates a kind to.</summary>
    private static ResourceKind? KindOf(MatcherRole role, string? word) =>
        InstanceTypeKinds.Of(role, word)
        ?? InstanceTypeKinds
            .KindsOf(role)
            .FirstOrDefault(kind => kind.ShortNames.Contains(word, StringComparer.OrdinalIgnoreCase));

    /// <summary>What it is, for people.</summary>
    public static string WordOf(MatcherRole role) => role is MatcherRole.Instancetype ? "instance type" : "preference";
}
