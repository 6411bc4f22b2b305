using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.ApiServer.Writing;

/// <summary>What names, label keys and label values may look like. Each rule answers with the fault, or null.</summary>
internal static partial class NameRules
{
    private const string SubdomainFault =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelFault =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedFault =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueFault =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>The rule for an object's name.</summary>
    public static string? ObjectName(ResourceKind kind, string name) =>
        kind.IsNamedByLabel ? Label(name) : Subdomain(name);

    /// <summary>How long a name of the kind may be.</summary>
    public static int LongestName(ResourceKind kind) => kind.IsNamedByLabel ? 63 : 253;

    public static string? Label(string name) =>
        name.Length > 63 ? "must be no more than 63 characters"
        : LabelPattern().IsMatch(name) ? null
        : LabelFault;

    public static string? Subdomain(string name) =>
        name.Length > 253 ? "must be no more than 253 characters"
        : SubdomainPattern().IsMatch(name) ? null
        : SubdomainFault;

    /// <summary>The rule for label keys, annotation keys and finalizers: <c>[prefix/]name</c>.</summary>
    public static string? QualifiedName(string key)
    {
        var parts = key.Split('/');
        return parts switch
        {
            [var name] => NamePart(name),
            ["", _] => "prefix part must be non-empty",
            [var prefix, var name] => Subdomain(prefix) is { } fault ? $"prefix part {fault}" : NamePart(name),
            _ =>
                $"a qualified name {QualifiedFault} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        };
    }

    public static string? LabelValue(string value) =>
        value.Length > 63 ? "must be no more than 63 characters"
        : value.Length == 0 || NamePattern().IsMatch(value) ? null
        : ValueFault;

    private static string? NamePart(string name) =>
        name.Length == 0 ? "name part must be non-empty"
        : name.Length > 63 ? "name part must be no more than 63 characters"
        : NamePattern().IsMatch(name) ? null
        : QualifiedFault;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex LabelPattern();

    [GeneratedRegex(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.ExplicitCapture,
        Timeout.Infinite
    )]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex NamePattern();
}
