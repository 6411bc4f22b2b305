using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Which machine types may be used.</summary>
internal static partial class MachineTypeRules
{
    public static IEnumerable<FieldError> Check(
        string? type,
        string field,
        KubeVirtConfiguration configuration,
        string architecture
    )
    {
        var globs = configuration.MachineTypeGlobsFor(architecture);
        var isAllowed =
            type is not null
            && IsName(type)
            && globs.Any(glob => FileSystemName.MatchesSimpleExpression(glob, type, ignoreCase: false));
        return isAllowed
            ? []
            :
            [
                FieldError.NotSupported(
                    field,
                    $"{field} is not supported: {type} (allowed values: [{string.Join(' ', globs)}])"
                ),
            ];
    }

    public static bool IsName(string? type) => type is not null && Name().IsMatch(type);

    public static bool IsGlob(string? glob) => glob is not null && Glob().IsMatch(glob);

    [GeneratedRegex(@"^[A-Za-z0-9][-A-Za-z0-9._]{0,99}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[-A-Za-z0-9._*?]{1,100}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Glob();
}
