using System.Globalization;

namespace Vireo.ApiServer.Printing;

/// <summary>Durations as kubectl shows them: two units at the most, the second only where it matters.</summary>
internal static class Ages
{
    /// <summary>The text of an age.</summary>
    public static string Text(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        var (minutes, hours, days, years) = (seconds / 60, seconds / 3600, seconds / 86400, seconds / (86400 * 365));
        return age switch
        {
            _ when seconds < -1 => "<invalid>",
            _ when seconds < 0 => "0s",
            _ when minutes < 2 => $"{seconds}s",
            _ when minutes < 10 => Two(minutes, 'm', seconds % 60, 's'),
            _ when hours < 3 => $"{minutes}m",
            _ when hours < 8 => Two(hours, 'h', minutes % 60, 'm'),
            _ when hours < 48 => $"{hours}h",
            _ when days < 8 => Two(days, 'd', hours % 24, 'h'),
            _ when years < 2 => $"{days}d",
            _ when years < 8 => Two(years, 'y', days % 365, 'd'),
            _ => $"{years}y",
        };
    }

    private static string Two(long first, char unit, long second, char smaller) =>
        second == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{first}{unit}")
            : string.Create(CultureInfo.InvariantCulture, $"{first}{unit}{second}{smaller}");
}
