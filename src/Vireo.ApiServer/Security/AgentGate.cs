using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Reading;
using Vireo.ApiServer.Routing;
using Vireo.ApiServer.Storage;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.ApiServer.Security;

/// <summary>
/// Holds the agents of hosts that joined to what is their host's: gathers what <see cref="AgentLimits"/> and
/// <see cref="AgentChanges"/> judge by.
/// </summary>
internal sealed class AgentGate(ResourceStore store)
{
    /// <summary>
    /// Who bears the name and the group of an agent, as that agent: however it was shown, the same is decided.
    /// </summary>
    public Caller Recognize(Caller caller) =>
        caller.Host is null && new CertificateSubject(caller.Name, caller.Groups, null).Host is { Length: > 0 } host
            ? caller with
            {
                Host = host,
                HostUid = UidOf(host),
            }
            : caller;

    /// <summary>Refuses what an agent may not ask about objects.</summary>
    /// <exception cref="StatusException">Forbidden.</exception>
    public void Check(Caller caller, ResourcePath path, string verb, FieldQuery? fields)
    {
        RequireHost(caller);
        if (Refuse(caller.Host!, path, verb, fields) is var (why, uid))
        {
            throw Authorizer.Refusal(caller, path, verb, why, uid);
        }
    }

    /// <summary>True when an agent may ask something about objects, as <see cref="Check"/> decides it.</summary>
    public bool Allows(Caller caller, ResourcePath path, string verb) =>
        HasHost(caller) && Refuse(caller.Host!, path, verb, null) is null;

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
        if (!HasHost(caller))
        {
            throw Refusals.Forbidden(
                "forbidden",
                $"host \"{caller.Host}\" was removed from the cluster since it joined: make a token with "
                    + "'vireo token create' and start its agent with --join"
            );
        }
    }

    private bool HasHost(Caller caller) => UidOf(caller.Host!) is { } uid && uid == caller.HostUid;

    private string? UidOf(string host) =>
        store.Find(ResourceKinds.Hosts, null, host) is { } stored
            ? StoredFields.Text(stored.Json.Span, "metadata", "uid")
            : null;

    /// <summary>
    /// Why an agent may not, with the uid of the object where it may know that; null when it may.
    /// </summary>
    private (string Why, string? Uid)? Refuse(string host, ResourcePath path, string verb, FieldQuery? fields)
    {
        var why = AgentLimits.Refuse(host, verb, path) ?? AgentLimits.RefuseAll(host, verb, path, fields);
        if (why is null && ReferenceEquals(path.Kind, ResourceKinds.Secrets) && !Needs(host, path))
        {
            why = $"nothing on host \"{host}\" needs it";
        }

        // A change tells what it meets, if only by how it fails.
        return why is not null ? (why, null)
            : verb is "get" or "patch" or "update" ? OthersOf(host, path)
            : null;
    }

    private VirtualMachineInstance? About(IResource next) =>
        next is Event { InvolvedObject: { Kind: "VirtualMachineInstance", Namespace: { } ns, Name: { } name } }
            ? store.Find<VirtualMachineInstance>(ns, name)?.Object
            : null;

    /// <summary>
    /// Why what a path names is none of a host's business, and its uid; null when it is, or is not there.
    /// </summary>
    /// <remarks>
    /// By the uid an agent tells a guest of its own that is another's now from one that is gone, whose name was given
    /// to another: the first it leaves alone, the second it clears away.
    /// </remarks>
    private (string Why, string? Uid)? OthersOf(string host, ResourcePath path)
    {
        var isInstance = ReferenceEquals(path.Kind, ResourceKinds.VirtualMachineInstances);
        var isMachine = ReferenceEquals(path.Kind, ResourceKinds.VirtualMachines);
        if ((isInstance || isMachine) && path.Name is null)
        {
            // What only a review asks: any of them.
            return ($"it may have only what concerns host \"{host}\"", null);
        }

        if (isInstance)
        {
            var instance = store.Find<VirtualMachineInstance>(path.Namespace, path.Name!)?.Object;
            return instance is null || AgentChanges.Concerns(host, instance)
                ? null
                : ($"it is not on host \"{host}\"", instance.Metadata.Uid);
        }

        if (isMachine)
        {
            var machine = store.Find<VirtualMachine>(path.Namespace, path.Name!)?.Object;
            return machine is null || machine.Status?.SavedDisks?.Host == host || RunsOn(host, machine)
                ? null
                : ($"neither its guest nor disks of it are on host \"{host}\"", machine.Metadata.Uid);
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
