using System.Globalization;

namespace Vireo.Rules;

/// <summary>Writes amounts so that a person can compare them.</summary>
internal static class Amounts
{
    private const long MiB = 1024 * 1024;
    private const long InGiBFromMiB = 10 * 1024;

    /// <summary>Bytes as <c>512Mi</c> or <c>12.5Gi</c>. What is less than nothing is nothing.</summary>
    public static string Memory(long bytes) =>
        Math.Max(bytes, 0) / MiB is var mib && mib < InGiBFromMiB
            ? string.Create(CultureInfo.InvariantCulture, $"{mib}Mi")
            : string.Create(CultureInfo.InvariantCulture, $"{mib / 1024m:0.#}Gi");

    /// <summary>Thousandths as <c>1.5</c>.</summary>
    public static string Processors(long milli) =>
        (Math.Max(milli, 0) / 1000m).ToString("0.##", CultureInfo.InvariantCulture);
}
