using System.Globalization;
using System.Text.RegularExpressions;

namespace Vireo.Clusters;

/// <summary>Lengths of time as Go and kubectl write them: 90s, 5m, 1h30m. A number alone is seconds.</summary>
internal static partial class Durations
{
    /// <summary>The length; null when the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return null;
        }

        var seconds = (Number("h") * 3600) + (Number("m") * 60) + Number("s") + (Number("ms") / 1000);
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

        double Number(string unit) =>
            match.Groups[unit] is { Success: true } group
                ? double.Parse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
                : 0;
    }

    /// <summary>The text of a length.</summary>
    public static string Text(TimeSpan length)
    {
        var minutes = (long)length.TotalMinutes;
        var seconds = Math.Round(length.TotalSeconds - (minutes * 60), 3);
        return (minutes, seconds) switch
        {
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{minutes}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}s"),
        };
    }

    [GeneratedRegex(
        @"^((?<h>\d{1,9}(\.\d+)?)h)?((?<m>\d{1,9}(\.\d+)?)m(?!s))?((?<s>\d{1,9}(\.\d+)?)(s|$))?((?<ms>\d{1,9}(\.\d+)?)ms)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}
