using System.Text.RegularExpressions;

namespace Vireo.Rules;

/// <summary>The forms of names: Kubernetes' DNS label and DNS subdomain, label keys and values.</summary>
internal static partial class NameRules
{
    private const int LabelLength = 63;
    private const int SubdomainLength = 253;

    public const string LabelForm =
        "must be a DNS label: at most 63 lower case letters, digits or '-', with a letter or digit at both ends, for "
        + "example my-vm-1";

    public const string SubdomainForm =
        "must be a DNS name: at most 253 lower case letters, digits, '-' or '.', with a letter or digit at both ends "
        + "and around each '.', for example my.name-1";

    public const string LabelKeyForm =
        "must be a name of at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends; a DNS "
        + "name and '/' may stand before it, for example example.com/my-key";

    public const string LabelValueForm =
        "must be empty or at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends";

    public static bool IsLabel(string? text) => text is { Length: > 0 and <= LabelLength } && Label().IsMatch(text);

    public static bool IsSubdomain(string? text) =>
        text is { Length: > 0 and <= SubdomainLength } && Subdomain().IsMatch(text);

    public static bool IsLabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return IsLabelName(text[(slash + 1)..]) && (slash < 0 || IsSubdomain(text[..slash]));
    }

    public static bool IsLabelValue(string? text) => string.IsNullOrEmpty(text) || IsLabelName(text);

    /// <summary>The key of a value in a Secret or ConfigMap, which is a file's name.</summary>
    public static bool IsFileKey(string text) =>
        text is { Length: > 0 and <= SubdomainLength } and not "." and not ".." && FileKey().IsMatch(text);

    private static bool IsLabelName(string text) => text.Length is > 0 and <= LabelLength && LabelName().IsMatch(text);

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Label();

    [GeneratedRegex(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.ExplicitCapture,
        Timeout.Infinite
    )]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex FileKey();
}
