using System.Globalization;

namespace Vireo.Api;

/// <summary>Times as Go writes them, and so Kubernetes: 5m, 1h30m, 1.5s.</summary>
public static class GoDuration
{
    private static readonly (string Name, double Seconds)[] Units =
    [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("ms", 1e-3),
        ("h", 3600),
        ("m", 60),
        ("s", 1),
    ];

    /// <summary>Reads one; null when it is none, or longer than ten years.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        var (rest, seconds) = (text, 0d);
        while (rest.Length > 0)
        {
            var digits = rest.TakeWhile(sign => char.IsAsciiDigit(sign) || sign == '.').Count();
            var unit = Units.FirstOrDefault(known => rest[digits..].StartsWith(known.Name, StringComparison.Ordinal));
            if (
                unit.Name is null
                || !double.TryParse(
                    rest[..digits],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                return null;
            }

            seconds += number * unit.Seconds;
            rest = rest[(digits + unit.Name.Length)..];
        }

        return text.Length > 0 && seconds <= TimeSpan.FromDays(3650).TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
