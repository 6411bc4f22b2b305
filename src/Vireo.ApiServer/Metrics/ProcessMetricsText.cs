using System.Diagnostics;
using System.Globalization;

namespace Vireo.ApiServer.Metrics;

/// <summary>What the process takes of its machine, under the names that dashboards for Kubernetes know.</summary>
internal static class ProcessMetricsText
{
    public static string Now()
    {
        using var self = Process.GetCurrentProcess();
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        var started = new DateTimeOffset(self.StartTime.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeSeconds();
        return MetricsText.Gauge(
                "vireo.heap.bytes",
                "What objects took after the last collection of garbage.",
                last.HeapSizeBytes - last.FragmentedBytes
            )
            + MetricsText.Gauge("process.resident_memory_bytes", "Memory that the process holds.", self.WorkingSet64)
            + MetricsText.Gauge("process.start_time_seconds", "When the process started, since 1970.", started)
            + Cpu(self.TotalProcessorTime.TotalSeconds);
    }

    private static string Cpu(double seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"# HELP process_cpu_seconds_total Time on processors.\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {seconds}\n"
        );
}
