using Microsoft.AspNetCore.Http;

namespace Vireo.ApiServer.Metrics;

/// <summary>What monitoring reads: every count of the process, in the text form of Prometheus.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private readonly MetricsCollector _collector = new("Vireo");

    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(MetricsText.Of(_collector.Read()), context.RequestAborted);
    }

    public void Dispose() => _collector.Dispose();
}
