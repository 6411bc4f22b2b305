using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Routing;

/// <summary>What a path of the group of subresources names: an action, question or stream of one object.</summary>
/// <param name="Namespace">The object's namespace.</param>
/// <param name="Name">The object.</param>
/// <param name="Subresource">What is done with it.</param>
/// <param name="Arguments">What follows in the path, for example a port.</param>
internal sealed record SubresourcePath(
    string Namespace,
    string Name,
    Subresource Subresource,
    IReadOnlyList<string> Arguments
)
{
    /// <summary>The one that takes arguments.</summary>
    public const string PortForward = "portforward";

    /// <summary>The resource as roles name it: without its arguments.</summary>
    public string Resource => $"{Subresource.Resource}/{Subresource.Name}";

    /// <summary>Reads a path; null when it names no subresource that is served.</summary>
    public static SubresourcePath? Parse(string path) =>
        path.Trim('/').Split('/')
            is [
                "apis",
                Subresources.Group,
                var version,
                "namespaces",
                { Length: > 0 } ns,
                var resource,
                { Length: > 0 } name,
                .. var tail,
            ]
        && Subresources.Versions.Contains(version)
        && Find(resource, tail) is { } found
            ? new SubresourcePath(ns, name, found, tail[found.Name.Split('/').Length..])
            : null;

    /// <summary>What the request does, in the words of Kubernetes' roles: get or update.</summary>
    /// <exception cref="StatusException">MethodNotAllowed: the method does not fit the subresource.</exception>
    public string Verb(HttpContext http)
    {
        // Over HTTP/2 a WebSocket is asked for by CONNECT.
        var method = http.WebSockets.IsWebSocketRequest ? HttpMethods.Get : http.Request.Method;
        return Subresource.Methods.Split(' ').Contains(method)
            ? HttpMethods.IsGet(method)
                ? "get"
                : "update"
            : throw Refusals.MethodNotAllowed();
    }

    private static Subresource? Find(string resource, string[] tail) =>
        Subresources.All.FirstOrDefault(candidate =>
            candidate.Resource == resource
            && (
                candidate.Name == string.Join('/', tail)
                || (candidate.Name == PortForward && tail is [PortForward, _, ..])
            )
        );
}
