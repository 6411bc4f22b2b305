using Microsoft.AspNetCore.Http;

namespace Vireo.ApiServer.Metrics;

/// <summary>
/// What monitoring reads: every count of the process, and its memory, in the text form of Prometheus.
/// </summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private readonly MetricsCollector _collector = new("Vireo");

    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(MetricsText.Of(_collector.Read()) + Heap(), context.RequestAborted);
    }

    private static string Heap()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        return MetricsText.Gauge(
            "vireo.heap.bytes",
            "What objects took after the last collection of garbage.",
            last.HeapSizeBytes - last.FragmentedBytes
        );
    }

    public void Dispose() => _collector.Dispose();
}
