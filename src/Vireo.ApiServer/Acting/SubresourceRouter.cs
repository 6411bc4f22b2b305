using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Discovery;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Security;
using Vireo.ApiServer.Storage;
using Vireo.ApiServer.Writing;

namespace Vireo.ApiServer.Acting;

/// <summary>Answers the group <c>subresources.kubevirt.io</c>: what is done with objects beside writing them.</summary>
internal sealed class SubresourceRouter
{
    private readonly MachineActionEndpoint _machines;
    private readonly MachineTypeEndpoint _machineTypes;
    private readonly InstanceActionEndpoint _instances;
    private readonly ConfigActionEndpoint _configs;
    private readonly EvacuationEndpoint _evacuations;
    private readonly StreamEndpoint _streams;
    private readonly ExpandEndpoint _expand;
    private readonly byte[] _version = ServerVersion.OwnDocument();

    /// <param name="store">The objects.</param>
    /// <param name="agents">Lead to the guests.</param>
    /// <param name="reviewer">Reviews what is written.</param>
    /// <param name="create">Makes instances and events.</param>
    /// <param name="delete">Deletes instances.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">For streams that break off, and events that cannot be told.</param>
    public SubresourceRouter(
        ResourceStore store,
        AgentConnections agents,
        Reviewer reviewer,
        CreateEndpoint create,
        DeleteEndpoint delete,
        TimeProvider time,
        ILogger logger
    )
    {
        var writer = new SystemWriter(store, reviewer, time);
        _machines = new(store, writer, create);
        _evacuations = new(store, writer);
        _machineTypes = new(store, reviewer, writer, new ActionEvents(create, time, logger), time);
        _instances = new(store, agents);
        _configs = new(store, create, delete, time);
        _streams = new(store, agents, time, logger, agents.Stopping);
        _expand = new(store, reviewer);
    }

    /// <summary>Says who may do what.</summary>
    public required Authorizer Authorizer { get; init; }

    /// <summary>True for all that is below a version of the group; the version itself is discovery's.</summary>
    public static bool Serves(string path) =>
        path.Trim('/').Split('/') is ["apis", Subresources.Group, var version, _, ..]
        && Subresources.Versions.Contains(version);

    /// <summary>What a request would do, as roles see it; null when it is about no object.</summary>
    public static AccessRequest? AccessOf(HttpContext http, string path) =>
        SubresourcePath.Parse(path) is { } about && about.Subresource.Allows(http.Request.Method)
            ? Access(about.Namespace, about.Resource, about.Name, about.Verb(http))
            : null;

    /// <summary>Answers a request for a path that is served here.</summary>
    public Task HandleAsync(HttpContext http, Caller caller, string path)
    {
        if (SubresourcePath.Parse(path) is not { } subresource)
        {
            return HandleGroupAsync(http, caller, path.Trim('/').Split('/')[3..]);
        }

        var verb = subresource.Verb(http);
        Authorizer.Check(caller, Access(subresource.Namespace, subresource.Resource, subresource.Name, verb));
        return HandleAsync(new SubresourceRequest(http, subresource));
    }

    private Task HandleAsync(SubresourceRequest request) =>
        request.Path.Subresource switch
        {
            { Form: SubresourceForm.Stream } => _streams.HandleAsync(request),
            { Name: "expand-spec" } => _expand.HandleAsync(request),
            { Name: "evacuate/cancel" } => _evacuations.HandleAsync(request),
            { Name: "machinetype" } => _machineTypes.HandleAsync(request),
            { Resource: "virtualmachines" } => _machines.HandleAsync(request),
            { Resource: "virtualmachineinstances" } => _instances.HandleAsync(request),
            { Resource: "virtualmachineinstanceconfigs" } => _configs.HandleAsync(request),
            var other => throw new InvalidOperationException($"No endpoint for {other.Resource}/{other.Name}."),
        };

    private Task HandleGroupAsync(HttpContext http, Caller caller, string[] rest)
    {
        if (rest is ["namespaces", { Length: > 0 } ns, "expand-vm-spec"])
        {
            RequireMethod(http, HttpMethods.Put);
            Authorizer.Check(caller, Access(ns, "expand-vm-spec", null, "update"));
            return _expand.HandleAsync(http, caller, ns);
        }

        Authorizer.Check(caller, http.Request, http.Request.Path);
        if (rest is not ["version" or "healthz" or "guestfs"])
        {
            throw Refusals.NoSuchPath();
        }

        RequireMethod(http, HttpMethods.Get);
        return rest[0] switch
        {
            "version" => Answer.BytesAsync(http, 200, _version),
            "healthz" => Answer.TextAsync(http, 200, "ok"),
            _ => throw Refusals.NotImplemented(
                "guestfs is not offered: open the disk of a stopped VM with guestfish on its host instead"
            ),
        };
    }

    private static AccessRequest Access(string ns, string resource, string? name, string verb) =>
        new(verb)
        {
            Group = Subresources.Group,
            Resource = resource,
            Namespace = ns,
            Name = name,
        };

    private static void RequireMethod(HttpContext http, string method)
    {
        if (http.Request.Method != method)
        {
            throw Refusals.MethodNotAllowed();
        }
    }
}
