using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Security;

/// <summary>Says who may do what. Until roles are served: masters everything, others only look around.</summary>
internal static class Authorizer
{
    private static readonly string[] Open = ["/version", "/livez", "/readyz", "/healthz"];

    /// <summary>Refuses a request for a path that names no objects.</summary>
    public static void Check(Caller caller, HttpRequest request, string path)
    {
        if (Open.Contains(path) || caller.IsMaster)
        {
            return;
        }

        if (caller.IsAnonymous)
        {
            throw Refusals.Unauthorized();
        }

        var looks = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var describes =
            path is "/" or "/api" or "/apis" or "/openapi/v2" or "/openapi/v3"
            || path.StartsWith("/api/", StringComparison.Ordinal)
            || path.StartsWith("/apis/", StringComparison.Ordinal)
            || path.StartsWith("/openapi/v3/", StringComparison.Ordinal);
        if (!looks || !describes)
        {
            throw Refusals.Forbidden(
                "forbidden",
                $"User \"{caller.Name}\" cannot {request.Method.ToLowerInvariant()} path \"{path}\""
            );
        }
    }

    /// <summary>Refuses a request for a subresource.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="ns">Where.</param>
    /// <param name="resource">The resource as roles name it, for example <c>virtualmachines/start</c>.</param>
    /// <param name="name">The object; null where there is none.</param>
    /// <param name="verb">get or update.</param>
    public static void Check(Caller caller, string ns, string resource, string? name, string verb)
    {
        if (caller.IsMaster)
        {
            return;
        }

        if (caller.IsAnonymous)
        {
            throw Refusals.Unauthorized();
        }

        var what = $"{resource.Split('/')[0]}.{Subresources.Group}";
        throw Refusals.Forbidden(
            name is null ? $"{what} is forbidden" : $"{what} \"{name}\" is forbidden",
            $"User \"{caller.Name}\" cannot {verb} resource \"{resource}\" in API group \"{Subresources.Group}\" in the "
                + $"namespace \"{ns}\""
        );
    }

    /// <summary>Refuses a request about objects.</summary>
    public static void Check(Caller caller, ResourcePath path, string verb)
    {
        if (caller.IsMaster)
        {
            return;
        }

        throw caller.IsAnonymous ? Refusals.Unauthorized() : Refusal(caller, path, verb);
    }

    /// <summary>That a caller may not do something with objects.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="path">What of.</param>
    /// <param name="verb">What.</param>
    /// <param name="reason">Why not, where that is more than that nobody allowed it.</param>
    public static StatusException Refusal(Caller caller, ResourcePath path, string verb, string? reason = null)
    {
        var resource = path.Subresource is null ? path.Kind.Plural : $"{path.Kind.Plural}/{path.Subresource}";
        var where = path.Namespace is null ? "at the cluster scope" : $"in the namespace \"{path.Namespace}\"";
        var why =
            $"User \"{caller.Name}\" cannot {verb} resource \"{resource}\" in API group \"{path.Kind.Group}\" {where}"
            + (reason is null ? "" : $": {reason}");
        return path.Name is { } name
            ? Refusals.Forbidden(path.Kind, name, why)
            : Refusals.Forbidden($"{path.Kind.GroupResource} is forbidden", why);
    }
}
