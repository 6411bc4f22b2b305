using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Metrics;

/// <summary>
/// What monitoring reads: every count of the process, requests, objects and memory, in the text form of Prometheus.
/// </summary>
internal sealed class MetricsEndpoint(ResourceStore store) : IDisposable
{
    private readonly MetricsCollector _collector = new("Vireo");

    public Task HandleAsync(HttpContext context)
    {
        var requests = context.Features.Get<RequestMetrics>()?.Read() ?? [];
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(
            MetricsText.Of(_collector.Read()) + RequestMetricsText.Of(requests) + Objects() + ProcessMetricsText.Now(),
            context.RequestAborted
        );
    }

    public void Dispose() => _collector.Dispose();

    private string Objects() =>
        "# HELP apiserver_storage_objects Objects that are stored.\n# TYPE apiserver_storage_objects gauge\n"
        + string.Concat(
            ResourceKinds.All.Select(kind =>
                $"apiserver_storage_objects{{resource=\"{kind.GroupResource}\"}} {store.List(kind, null).Items.Count}\n"
            )
        );
}
