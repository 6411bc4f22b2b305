using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Hosting;

/// <summary>Runs the requests of an <see cref="HttpClient"/> straight through the server: no sockets, no TLS.</summary>
internal sealed class InProcessHandler(RequestDelegate server, Caller caller) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var exchange = new InProcessExchange();
        var context = await ContextAsync(request, exchange, ct);

        // Until the headers are there the caller can cancel; afterwards whoever reads the body disposes of it.
        await using var cancel = ct.Register(exchange.Abort);
        _ = RunAsync(context, exchange);
        await exchange.Started.WaitAsync(ct);
        return Answer(request, context, exchange);
    }

    private async Task RunAsync(HttpContext context, InProcessExchange exchange)
    {
        // The caller's stack is not ours to run the server on.
        await Task.Yield();
        try
        {
            await server(context);
            await exchange.CompleteAsync();
        }
#pragma warning disable CA1031 // Whatever went wrong reaches the reader of the answer.
        catch (Exception fault)
        {
            exchange.Fail(fault);
        }
#pragma warning restore CA1031
    }

    private async Task<HttpContext> ContextAsync(
        HttpRequestMessage request,
        InProcessExchange exchange,
        CancellationToken ct
    )
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("The request has no address.");
        var received = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Scheme = "https",
            Protocol = "HTTP/1.1",
            Path = Uri.UnescapeDataString(uri.AbsolutePath),
            QueryString = uri.Query,
            RawTarget = uri.PathAndQuery,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            received.Headers[name] = values.ToArray();
        }

        if (request.Content is { } content)
        {
            received.Body = await content.ReadAsStreamAsync(ct);
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                received.Headers[name] = values.ToArray();
            }
        }

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(received);
        features.Set<IHttpResponseFeature>(exchange);
        features.Set<IHttpResponseBodyFeature>(exchange);
        features.Set<IHttpRequestLifetimeFeature>(exchange);
        features.Set(caller);
        return new DefaultHttpContext(features);
    }

    private static HttpResponseMessage Answer(
        HttpRequestMessage request,
        HttpContext context,
        InProcessExchange exchange
    )
    {
        var response = new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode)
        {
            RequestMessage = request,
            Content = new StreamContent(exchange.Body),
        };
        foreach (var (name, values) in context.Response.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                response.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return response;
    }
}
