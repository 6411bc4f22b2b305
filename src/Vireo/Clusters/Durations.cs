using System.Globalization;
using Vireo.Api;

namespace Vireo.Clusters;

/// <summary>Lengths of time as people type them: as Go writes them (90s, 5m, 1h30m), or a number of seconds.</summary>
internal static class Durations
{
    /// <summary>The length; null when the text is none.</summary>
    public static TimeSpan? Parse(string text) => GoDuration.Parse(text) ?? GoDuration.Parse(text + "s");

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
}
