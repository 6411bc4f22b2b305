using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Clusters;

/// <summary>Label selectors as kubectl takes them, for objects that hold one in their spec.</summary>
internal static partial class SelectorText
{
    /// <summary>Reads <c>app=web,tier in (a, b),env!=test,!old</c>.</summary>
    /// <exception cref="UsageException">It is none, or compares in a way that specs do not know.</exception>
    public static LabelSelector Parse(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var requirements = new List<LabelSelectorRequirement>();
        var at = 0;
        while (at < text.Length)
        {
            var part = Part().Match(text, at);
            if (!part.Success || part.Index != at)
            {
                throw new UsageException(
                    $"--selector: '{text}' is not understood from '{text[at..].Trim()}' on: write it like "
                        + "app=web,tier in (a,b),env!=test,!old."
                );
            }

            at += part.Length;
            var requirement = Requirement(part);
            // A second value for the same label is a condition that nothing meets, not one that replaces the first.
            if (requirement is not { Operator: "In", Values: [var value] } || !labels.TryAdd(requirement.Key, value))
            {
                requirements.Add(requirement);
            }
        }

        return new()
        {
            MatchLabels = labels.Count > 0 ? labels : null,
            MatchExpressions = requirements.Count > 0 ? requirements : null,
        };
    }

    private static LabelSelectorRequirement Requirement(Match part)
    {
        var (key, set) = (part.Groups["key"].Value, part.Groups["set"]);
        return part.Groups["op"].Value switch
        {
            "=" or "==" => Compared("In", [part.Groups["value"].Value]),
            "!=" => Compared("NotIn", [part.Groups["value"].Value]),
            "in" => Compared("In", SetOf(set.Value)),
            "notin" => Compared("NotIn", SetOf(set.Value)),
            _ when part.Groups["not"].Success => Compared("DoesNotExist", null),
            _ => Compared("Exists", null),
        };

        LabelSelectorRequirement Compared(string how, IReadOnlyList<string>? values) =>
            new()
            {
                Key = key,
                Operator = how,
                Values = values,
            };
    }

    private static string[] SetOf(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    [GeneratedRegex(
        @"\s*(?:(?<not>!)\s*(?<key>[\w./-]+)"
            + @"|(?<key>[\w./-]+)\s*(?<op>==?|!=)\s*(?<value>[\w.-]*)"
            + @"|(?<key>[\w./-]+)\s+(?<op>in|notin)\s*\((?<set>[\w.,\s-]+)\)"
            + @"|(?<key>[\w./-]+))\s*(?:,(?!\s*$)|$)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Part();
}
