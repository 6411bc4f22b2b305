using System.Text.RegularExpressions;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The clocks of a guest.</summary>
internal static partial class ClockRules
{
    public static IEnumerable<FieldError> Check(Clock? clock, string path)
    {
        if (clock is { Timezone: not null, Utc: not null })
        {
            yield return FieldError.Invalid(
                path,
                $"{path} has both timezone and utc set, but they are mutually exclusive: keep one of them."
            );
        }

        if (clock?.Timezone is { } zone && !Zone().IsMatch(zone))
        {
            yield return FieldError.Invalid(
                $"{path}.timezone",
                $"{path}.timezone: '{zone}' is no time zone: write it as Europe/Berlin."
            );
        }
    }

    [GeneratedRegex(@"^[A-Za-z][-A-Za-z0-9_+/]{0,63}\z", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Zone();
}
