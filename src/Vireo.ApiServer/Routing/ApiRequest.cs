using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Routing;

/// <summary>A request for objects of one kind, taken apart.</summary>
/// <param name="Http">The request as it came.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Path">What it is about.</param>
internal sealed record ApiRequest(HttpContext Http, Caller Caller, ResourcePath Path)
{
    /// <summary>The kind asked for.</summary>
    public ResourceKind Kind => Path.Kind;

    /// <summary>The namespace in the path; null for cluster-wide objects and lists across namespaces.</summary>
    public string? Namespace => Path.Namespace;

    /// <summary>The name in the path.</summary>
    /// <exception cref="InvalidOperationException">The path names a collection: a bug in routing.</exception>
    public string Name => Path.Name ?? throw new InvalidOperationException("The path names no object.");

    /// <summary>Ends when the client has gone or the server stops.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>True for a write that is only tried: everything is checked, and nothing changes.</summary>
    public bool IsTrial => Http.Request.Query["dryRun"].Count > 0;

    /// <summary>A query parameter, or null when it is missing or empty.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>A query parameter that is on, by Kubernetes' rule: unless missing, <c>false</c> or <c>0</c>.</summary>
    public bool Flag(string name) => Flag(Http.Request, name);

    /// <inheritdoc cref="Flag(string)" />
    public static bool Flag(HttpRequest request, string name) =>
        request.Query[name] is [var value, ..]
        && value is not "0"
        && !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);
}
