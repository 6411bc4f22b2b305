using System.Globalization;
using System.Text;

namespace Vireo.ApiServer.Metrics;

/// <summary>The counts of requests in the text form that Prometheus reads.</summary>
internal static class RequestMetricsText
{
    public static string Of(IReadOnlyList<RequestSeries> all)
    {
        var text = new StringBuilder();
        Head(text, "apiserver_request_total", "counter", "Requests that were answered, by what they did and the code.");
        foreach (var series in all)
        {
            foreach (var (code, count) in series.Codes)
            {
                Line(text, "apiserver_request_total", $"code=\"{code}\",{Labels(series.Name)}", count);
            }
        }

        Head(text, "apiserver_request_duration_seconds", "histogram", "How long answers took; watches not counted.");
        foreach (var series in all.Where(series => !series.Name.IsLong))
        {
            AddTimes(text, series);
        }

        Head(text, "apiserver_longrunning_requests", "gauge", "Watches that are open.");
        foreach (var series in all.Where(series => series.Name.IsLong))
        {
            Line(text, "apiserver_longrunning_requests", Labels(series.Name), series.UnderWay);
        }

        Head(text, "apiserver_current_inflight_requests", "gauge", "Requests that are being answered.");
        foreach (var (what, isRead) in ((string, bool)[])[("mutating", false), ("readOnly", true)])
        {
            var count = all.Where(series => !series.Name.IsLong && series.Name.IsRead == isRead)
                .Sum(series => series.UnderWay);
            Line(text, "apiserver_current_inflight_requests", $"request_kind=\"{what}\"", count);
        }

        return text.ToString();
    }

    private static void AddTimes(StringBuilder text, RequestSeries series)
    {
        const string Name = "apiserver_request_duration_seconds";
        var labels = Labels(series.Name);
        var count = 0L;
        for (var i = 0; i < series.Times.Count; i++)
        {
            count += series.Times[i];
            var bound =
                i < RequestSeries.Bounds.Count
                    ? RequestSeries.Bounds[i].ToString(CultureInfo.InvariantCulture)
                    : "+Inf";
            Line(text, $"{Name}_bucket", $"{labels},le=\"{bound}\"", count);
        }

        text.Append(CultureInfo.InvariantCulture, $"{Name}_sum{{{labels}}} {series.Sum.TotalSeconds}\n");
        Line(text, $"{Name}_count", labels, count);
    }

    private static string Labels(RequestName name) =>
        $"group=\"{name.Kind.Group}\",resource=\"{name.Kind.Plural}\",subresource=\"{name.Subresource}\","
        + $"verb=\"{name.Method}\",version=\"{name.Kind.Version}\"";

    private static void Head(StringBuilder text, string name, string type, string description) =>
        text.Append($"# HELP {name} {description}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
}
