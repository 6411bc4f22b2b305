using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Acting;

/// <summary>A request for a subresource, taken apart.</summary>
/// <param name="Http">The request as it came.</param>
/// <param name="Path">What it is about.</param>
internal sealed record SubresourceRequest(HttpContext Http, SubresourcePath Path)
{
    /// <summary>The name of the subresource, without arguments.</summary>
    public string Action => Path.Subresource.Name;

    /// <summary>The values of <c>dryRun</c> in the query.</summary>
    public IReadOnlyList<string> DryRun => [.. Http.Request.Query["dryRun"].OfType<string>()];

    /// <summary>Ends when the client has gone.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The write of an object that carries this request out: the server's own, not the caller's.</summary>
    public ApiRequest Own(ResourceKind kind, string? name) =>
        new(Http, Caller.Server, new ResourcePath(kind, Path.Namespace, name, null));
}
