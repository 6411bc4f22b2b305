using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.ApiServer.Security;

/// <summary>What the agent of a host may change: what belongs to its host, and of that its own part. Pure.</summary>
internal static class AgentChanges
{
    /// <summary>Why an agent may not make a change; null when it may.</summary>
    /// <param name="host">The agent's host.</param>
    /// <param name="old">The object as it is; null for a new one.</param>
    /// <param name="next">As it is to be.</param>
    /// <param name="about">For an event, the instance it is about; null when there is none.</param>
    public static string? Refuse(string host, IResource? old, IResource next, VirtualMachineInstance? about = null) =>
        next switch
        {
            VirtualMachineInstance instance => Instance(host, old as VirtualMachineInstance, instance),
            VirtualMachine machine => Machine(host, old as VirtualMachine, machine),
            Host own => OfHost(host, own),
            Node node => OfNode(host, old as Node, node),
            Lease lease => lease.Metadata.Name == host ? null : $"the lease of host \"{host}\" is named like it",
            Event told => OfEvent(host, old as Event, told, about),
            _ => "the agents of hosts have no business with it",
        };

    /// <summary>True while an instance is a host's: it runs there, or is on its way there.</summary>
    public static bool IsOn(string host, VirtualMachineInstance instance) =>
        instance.Status?.NodeName == host
        || instance.Status?.MigrationState is { EndTimestamp: null, TargetNode: { } target } && target == host;

    /// <summary>
    /// True for the host of an instance, and for both of its last migration: each tells its side of what came of it.
    /// </summary>
    public static bool Concerns(string host, VirtualMachineInstance instance) =>
        instance.Status?.NodeName == host
        || (instance.Status?.MigrationState is { } last && (last.SourceNode == host || last.TargetNode == host));

    private static string? Instance(string host, VirtualMachineInstance? old, VirtualMachineInstance next)
    {
        // Where a guest runs is the truth, even when its move was thought to have failed: the host that has it says so.
        var isClaim = old?.Status?.MigrationState?.TargetNode == host && next.Status?.NodeName == host;
        if (old is null || !(IsOn(host, old) || isClaim))
        {
            return $"it is not on host \"{host}\"";
        }

        var hosts = new[] { old.Status?.NodeName, old.Status?.MigrationState?.TargetNode };
        var (was, now) = (old.Status?.MigrationState, next.Status?.MigrationState);
        return !SameJson.Are(old.Spec, next.Spec, ApiJson.Default.VirtualMachineInstanceSpec)
                ? "what an instance is to be is not for an agent to change"
            : !SameJson.Are(Identity(old.Metadata), Identity(next.Metadata), ApiJson.Default.ObjectMeta)
                ? "of an instance's metadata an agent may change only its finalizers and the label of its host"
            : !hosts.Contains(next.Status?.NodeName)
                ? $"host \"{next.Status?.NodeName}\" is not where it runs or is to go (status.nodeName)"
            : (was?.MigrationUid, was?.SourceNode, was?.TargetNode)
            != (now?.MigrationUid, now?.SourceNode, now?.TargetNode)
                ? "which migration it is in is not for an agent to change (status.migrationState)"
            : now?.TargetNodeAddress is { } address && address != was?.TargetNodeAddress ? Endpoint(address)
            : null;
    }

    /// <summary>What of an instance's metadata is not the agent's, in a form to compare.</summary>
    private static ObjectMeta Identity(ObjectMeta metadata) =>
        new()
        {
            Labels = Sorted(metadata.Labels, KubeVirtNames.NodeNameLabel),
            Annotations = Sorted(metadata.Annotations, ""),
            OwnerReferences = metadata.OwnerReferences,
        };

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string>? map, string but) =>
        new(
            (map ?? new Dictionary<string, string>()).Where(entry => entry.Key != but).ToDictionary(),
            StringComparer.Ordinal
        );

    /// <summary>Of a machine it is only the disks that it keeps for it.</summary>
    private static string? Machine(string host, VirtualMachine? old, VirtualMachine next)
    {
        if (old?.Status?.SavedDisks?.Host != host)
        {
            return $"host \"{host}\" keeps no disks of it (status.savedDisks)";
        }

        var same = old.Status with { SavedDisks = next.Status?.SavedDisks, Shelved = next.Status?.Shelved };
        return SameJson.Are(same, next.Status, ApiJson.Default.VirtualMachineStatus)
            ? null
            : "of a machine's status an agent may change only savedDisks and shelved";
    }

    private static string? OfHost(string host, Host next) =>
        next.Metadata.Name != host ? $"the agent of host \"{host}\" may change only its own"
        : next.Status?.Endpoint is { } endpoint ? Endpoint(endpoint)
        : null;

    /// <summary>The server goes there: never to a socket of its own machine because a host says so.</summary>
    private static string? Endpoint(string endpoint) =>
        DoorEndpoint.Parse(endpoint) is { IsRemote: true } door && door.ToString() == endpoint
            ? null
            : $"\"{endpoint}\" is no endpoint of a host that joined: it is https://address:port";

    private static string? OfNode(string host, Node? old, Node next) =>
        next.Metadata.Name != host ? $"the agent of host \"{host}\" may change only its own"
        : SameJson.Are(old?.Spec ?? new(), next.Spec ?? new(), ApiJson.Default.NodeSpec) ? null
        : "what a node is to be is not for an agent to change (spec)";

    private static string? OfEvent(string host, Event? old, Event next, VirtualMachineInstance? about)
    {
        var subject = next.InvolvedObject;
        return Teller(next) != host || (old is not null && Teller(old) != host)
                ? $"it is not told by host \"{host}\" (source.host)"
            : old is not null && old.InvolvedObject != subject ? "what an event is about does not change"
            : subject.Kind is "Host" or "Node" && subject.Name == host ? null
            : subject.Kind == "VirtualMachineInstance"
            && (about is null || about.Metadata.Uid != subject.Uid || Concerns(host, about))
                ? null
            : $"it is about nothing that is on host \"{host}\"";
    }

    private static string? Teller(Event told) => told.Source?.Host;
}
