using Microsoft.AspNetCore.Http;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Security;

/// <summary>Says who may do what: masters everything, agents what their host needs, others what roles give.</summary>
internal sealed class Authorizer(CurrentRoles roles, AgentGate agents)
{
    private const string ByMasters = "the group system:masters may do everything";

    /// <summary>Refuses a request for a path that names no objects.</summary>
    public void Check(Caller caller, HttpRequest request, string path)
    {
        var verb = HttpMethods.IsHead(request.Method) ? "get" : request.Method.ToLowerInvariant();
        if (Reason(caller, new(verb, path)) is null)
        {
            throw caller.IsAnonymous
                ? Refusals.Unauthorized()
                : Refusals.Forbidden("forbidden", $"User \"{caller.Name}\" cannot {verb} path \"{path}\"");
        }
    }

    /// <summary>Refuses a request for what is no kind of its own, for example a subresource or a review.</summary>
    public void Check(Caller caller, AccessRequest request)
    {
        if (Reason(caller, request) is not null)
        {
            return;
        }

        if (caller.IsAnonymous)
        {
            throw Refusals.Unauthorized();
        }

        var plural = request.Resource.Split('/')[0];
        var what = request.Group.Length == 0 ? plural : $"{plural}.{request.Group}";
        throw Refusals.Forbidden(
            request.Name is null ? $"{what} is forbidden" : $"{what} \"{request.Name}\" is forbidden",
            Cannot(caller, request)
        );
    }

    /// <summary>Refuses a request about objects.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="path">What of.</param>
    /// <param name="verb">What.</param>
    /// <param name="fields">The field selector of a request for several; null for none.</param>
    public void Check(Caller caller, ResourcePath path, string verb, FieldQuery? fields = null)
    {
        if (caller.IsMaster)
        {
            return;
        }

        if (caller.Host is not null)
        {
            agents.Check(caller, path, verb, fields);
            return;
        }

        // kubectl watches one object as all of that name.
        var request = AccessRequest.Of(path, verb);
        if (ByRoles(caller, fields?.OnlyName is { } only ? request with { Name = only } : request) is null)
        {
            throw caller.IsAnonymous ? Refusals.Unauthorized() : Refusal(caller, path, verb);
        }
    }

    /// <summary>Why somebody may do something; null when they may not.</summary>
    public string? Reason(Caller caller, AccessRequest request) =>
        caller.IsMaster ? ByMasters
        : caller.Host is not null && KindOf(request) is { } path
            ? agents.Allows(caller, path, request.Verb) ? "it belongs to the agent's host, or may"
                : null
        : ByRoles(caller, request);

    /// <summary>All that somebody may do in a namespace, or for null in the whole cluster.</summary>
    public IReadOnlyList<PolicyRule> RulesOf(Caller caller, string? ns) =>
        [.. roles.Now.Of(caller, ns).SelectMany(grant => grant.Rules)];

    /// <summary>That a caller may not do something with objects.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="path">What of.</param>
    /// <param name="verb">What.</param>
    /// <param name="reason">Why not, where that is more than that nobody allowed it.</param>
    /// <param name="uid">The object's uid, for those who may know that; null to tell nothing of it.</param>
    public static StatusException Refusal(
        Caller caller,
        ResourcePath path,
        string verb,
        string? reason = null,
        string? uid = null
    )
    {
        var why = Cannot(caller, AccessRequest.Of(path, verb)) + (reason is null ? "" : $": {reason}");
        return path.Name is { } name
            ? Refusals.Forbidden(path.Kind, name, why, uid: uid)
            : Refusals.Forbidden($"{path.Kind.GroupResource} is forbidden", why);
    }

    private string? ByRoles(Caller caller, AccessRequest request)
    {
        foreach (var grant in roles.Now.Of(caller, request.Namespace))
        {
            foreach (var rule in grant.Rules)
            {
                if (PolicyRules.Allows(rule, request))
                {
                    return grant.Why;
                }
            }
        }

        return null;
    }

    private static string Cannot(Caller caller, AccessRequest request)
    {
        var where = request.Namespace is null ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        return $"User \"{caller.Name}\" cannot {request.Verb} resource \"{request.Resource}\" in API group "
            + $"\"{request.Group}\" {where}";
    }

    /// <summary>The objects that a review asks about; null when they are of no kind that is kept.</summary>
    private static ResourcePath? KindOf(AccessRequest request)
    {
        var parts = request.Resource.Split('/', 2);
        var kind = ResourceKinds.All.FirstOrDefault(kind => kind.Plural == parts[0] && kind.Group == request.Group);
        return kind is null ? null : new(kind, request.Namespace, request.Name, parts.Length > 1 ? parts[1] : null);
    }
}
