using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Answers;

namespace Vireo.ApiServer.Routing;

/// <summary>Tells what a request does to objects, in the words of Kubernetes' roles.</summary>
internal static class Verb
{
    /// <summary>
    /// The verb: get, list, watch, create, update, patch, delete or deletecollection.
    /// </summary>
    /// <exception cref="StatusException">MethodNotAllowed: the method does not fit the path.</exception>
    public static string Of(HttpRequest request, ResourcePath path)
    {
        var isObject = path.Name is not null;
        return (request.Method, isObject, path.Subresource) switch
        {
            ("GET" or "HEAD", true, null or "status") => "get",
            ("GET" or "HEAD", false, null) => IsWatch(request) ? "watch" : "list",
            ("POST", false, null) => "create",
            ("PUT", true, null or "status" or "finalize") => "update",
            ("PATCH", true, null or "status") => "patch",
            ("DELETE", true, null) => "delete",
            ("DELETE", false, null) when path.Namespace is not null || !path.Kind.IsNamespaced => "deletecollection",
            _ => throw Refusals.MethodNotAllowed(),
        };
    }

    /// <summary>Whether the query asks to go on with what changes.</summary>
    public static bool IsWatch(HttpRequest request) => (string?)request.Query["watch"] is "true" or "1" or "True";
}
