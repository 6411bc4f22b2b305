using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;
using Vireo.Rules;

namespace Vireo.ApiServer.Security;

/// <summary>
/// Holds the agents of hosts that joined to what is their host's: gathers what <see cref="AgentLimits"/> and
/// <see cref="AgentChanges"/> judge by.
/// </summary>
internal sealed class AgentGate(ResourceStore store)
{
    /// <summary>Refuses what an agent may not ask about objects.</summary>
    /// <exception cref="StatusException">Forbidden.</exception>
    public void Check(Caller caller, ResourcePath path, string verb, FieldQuery? fields)
    {
        RequireHost(caller);
        var why =
            AgentLimits.Refuse(caller.Host!, verb, path) ?? AgentLimits.RefuseAll(caller.Host!, verb, path, fields);
        if (why is null && ReferenceEquals(path.Kind, ResourceKinds.Secrets) && !Needs(caller.Host!, path))
        {
            why = $"nothing on host \"{caller.Host}\" needs it";
        }

        if (why is not null)
        {
            throw Authorizer.Refusal(caller, path, verb, why);
        }

        // A patch tells what it meets, if only by how it fails.
        if (verb is "get" or "patch" && OthersOf(caller.Host!, path) is (var uid, var reason))
        {
            throw Authorizer.Refusal(caller, path, verb, reason, uid);
        }
    }

    /// <summary>Refuses a change that is not the agent's to make.</summary>
    /// <exception cref="StatusException">Forbidden.</exception>
    public void CheckChange(ApiRequest request, IResource? old, IResource next)
    {
        if (AgentChanges.Refuse(request.Caller.Host!, old, next, About(next)) is { } why)
        {
            throw Authorizer.Refusal(request.Caller, request.Path, old is null ? "create" : "update", why);
        }
    }

    /// <summary>Refuses an agent whose Host was removed: that is how an administrator ends what it may do.</summary>
    /// <exception cref="StatusException">Forbidden.</exception>
    public void RequireHost(Caller caller)
    {
        var stored = store.Find(ResourceKinds.Hosts, null, caller.Host!);
        if (stored is null || StoredFields.Text(stored.Json.Span, "metadata", "uid") != caller.HostUid)
        {
            throw Refusals.Forbidden(
                "forbidden",
                $"host \"{caller.Host}\" was removed from the cluster since it joined: make a token with "
                    + "'vireo token create' and start its agent with --join"
            );
        }
    }

    private VirtualMachineInstance? About(IResource next) =>
        next is Event { InvolvedObject: { Kind: "VirtualMachineInstance", Namespace: { } ns, Name: { } name } }
            ? store.Find<VirtualMachineInstance>(ns, name)?.Object
            : null;

    /// <summary>
    /// The uid of what a path names, and why it is none of a host's business; null when it is, or is not there.
    /// </summary>
    /// <remarks>
    /// By the uid an agent tells a guest of its own that is another's now from one that is gone, whose name was given
    /// to another: the first it leaves alone, the second it clears away.
    /// </remarks>
    private (string Uid, string Why)? OthersOf(string host, ResourcePath path)
    {
        if (ReferenceEquals(path.Kind, ResourceKinds.VirtualMachineInstances))
        {
            var instance = store.Find<VirtualMachineInstance>(path.Namespace, path.Name!)?.Object;
            return instance is null || AgentChanges.Concerns(host, instance)
                ? null
                : (instance.Metadata.Uid!, $"it is not on host \"{host}\"");
        }

        if (ReferenceEquals(path.Kind, ResourceKinds.VirtualMachines))
        {
            var machine = store.Find<VirtualMachine>(path.Namespace, path.Name!)?.Object;
            return machine is null || machine.Status?.SavedDisks?.Host == host || RunsOn(host, machine)
                ? null
                : (machine.Metadata.Uid!, $"neither its guest nor disks of it are on host \"{host}\"");
        }

        return null;
    }

    private bool RunsOn(string host, VirtualMachine machine) =>
        store.Find<VirtualMachineInstance>(machine.Metadata.Namespace, machine.Metadata.Name!)?.Object is { } instance
        && instance.Metadata.OwnerReferences?.Any(owner => owner.Uid == machine.Metadata.Uid) == true
        && AgentChanges.Concerns(host, instance);

    /// <summary>True when an instance on the host, or a machine whose disks it keeps, names the Secret.</summary>
    private bool Needs(string host, ResourcePath path) =>
        Of<VirtualMachineInstance>(path.Namespace, host, ["status", "nodeName"])
            .Concat(Of<VirtualMachineInstance>(path.Namespace, host, ["status", "migrationState", "targetNode"]))
            .Any(instance => AgentChanges.IsOn(host, instance) && InstanceSecrets.Of(instance.Spec).Contains(path.Name))
        || Of<VirtualMachine>(path.Namespace, host, ["status", "savedDisks", "host"])
            .Any(machine => machine.Status?.Shelved?.OffloadSecret == path.Name);

    /// <summary>
    /// The objects of a namespace that have a host's name in a field; the others are not taken apart.
    /// </summary>
    private IEnumerable<T> Of<T>(string? ns, string host, string[] field)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        return store
            .List(kind, ns)
            .Items.Where(stored => StoredFields.Text(stored.Json.Span, field) == host)
            .Select(stored => store.Find<T>(stored.Namespace, stored.Name)?.Object)
            .OfType<T>();
    }
}
