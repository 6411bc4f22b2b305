using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Vireo.ApiServer.Hosting;

/// <summary>
/// Lets programs in browsers ask, where their pages come from an origin that the administrator named (CORS).
/// </summary>
/// <remarks>Pages of other origins get answers without these headers, which their browsers keep from them.</remarks>
internal static class CrossOrigin
{
    private const string Methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
    private const string Headers = "Accept, Authorization, Content-Type, X-Requested-With";
    private const string Exposed = "Date, Retry-After, Warning";

    /// <summary>Answers what browsers ask before a request, and marks answers as theirs to read.</summary>
    public static void Use(WebApplication app, IReadOnlyList<string> origins)
    {
        if (origins.Count > 0)
        {
            app.Use((context, next) => Allow(context, origins) ? Task.CompletedTask : next(context));
        }
    }

    /// <summary>Marks the answer; true when it is complete.</summary>
    private static bool Allow(HttpContext context, IReadOnlyList<string> origins)
    {
        var origin = (string?)context.Request.Headers.Origin;
        var isAllowed = origin is not null && origins.Contains(origin, StringComparer.OrdinalIgnoreCase);

        // At the last moment: a refusal drops what was set before.
        context.Response.OnStarting(() =>
        {
            Mark(context.Response.Headers, isAllowed ? origin : null);
            return Task.CompletedTask;
        });
        if (!isAllowed || !IsPreflight(context.Request))
        {
            return false;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    private static void Mark(IHeaderDictionary headers, string? origin)
    {
        headers.Append("Vary", "Origin");
        if (origin is not null)
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = Exposed;
        }
    }

    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");
}
