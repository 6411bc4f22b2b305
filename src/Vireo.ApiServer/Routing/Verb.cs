using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Security;

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
            ("POST", true, "token") => "create",
            ("PUT", true, null or "status" or "finalize") => "update",
            ("PATCH", true, null or "status") => "patch",
            ("DELETE", true, null) => "delete",
            ("DELETE", false, null) when path.Namespace is not null || !path.Kind.IsNamespaced => "deletecollection",
            _ => throw Refusals.MethodNotAllowed(),
        };
    }

    /// <summary>True for what is done with all that a selector selects.</summary>
    public static bool IsOfMany(string verb) => verb is "list" or "watch" or "deletecollection";

    /// <summary>Refuses to let others than the server itself write what only it writes.</summary>
    /// <exception cref="StatusException">MethodNotAllowed.</exception>
    public static void CheckOffered(string verb, ResourceKind kind, Caller caller)
    {
        if (kind.IsReadOnly && verb is not ("get" or "list" or "watch") && !caller.IsSystem)
        {
            throw Refusals.MethodNotAllowed();
        }
    }

    /// <summary>Whether the query asks to go on with what changes.</summary>
    public static bool IsWatch(HttpRequest request) => ApiRequest.Flag(request, "watch");
}
