using System.Globalization;
using System.Text;

namespace Vireo.ApiServer.Metrics;

/// <summary>Counts in the text form that Prometheus reads.</summary>
internal static class MetricsText
{
    public static string Of(IReadOnlyList<Measure> measures)
    {
        var text = new StringBuilder();
        foreach (var metric in measures.GroupBy(measure => measure.Name, StringComparer.Ordinal))
        {
            // By Prometheus' rules a counter's name ends so, and has no dots.
            var (suffix, type) = metric.First().IsGauge ? ("", "gauge") : ("_total", "counter");
            var name = metric.Key.Replace('.', '_') + suffix;
            if (metric.First().Description is { Length: > 0 } description)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escaped(description)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
            foreach (var measure in metric)
            {
                var labels = measure.Tags.Select(tag => $"{tag.Key.Replace('.', '_')}=\"{Escaped(tag.Value)}\"");
                var set = measure.Tags is [] ? "" : $"{{{string.Join(',', labels)}}}";
                text.Append(CultureInfo.InvariantCulture, $"{name}{set} {measure.Total}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A value that goes up and down.</summary>
    public static string Gauge(string name, string description, long value)
    {
        name = name.Replace('.', '_');
        return string.Create(
            CultureInfo.InvariantCulture,
            $"# HELP {name} {Escaped(description)}\n# TYPE {name} gauge\n{name} {value}\n"
        );
    }

    private static string Escaped(string text) =>
        text.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
}
