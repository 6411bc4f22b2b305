using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Security;

/// <summary>What agents may ask at all: those of hosts that joined, each known by its certificate. Pure.</summary>
/// <remarks>Where a write is let through here, <see cref="AgentChanges"/> looks at what it would change.</remarks>
internal static class AgentLimits
{
    private const string Heartbeats = "kube-node-lease";

    /// <summary>Why an agent may not; null when it may.</summary>
    /// <param name="host">The agent's host.</param>
    /// <param name="verb">What it asks.</param>
    /// <param name="path">What of.</param>
    public static string? Refuse(string host, string verb, ResourcePath path)
    {
        var (isRead, isChange) = (verb is "get" or "list" or "watch", verb is "update" or "patch");
        return (path.Kind.GroupResource, path.Subresource) switch
        {
            ("virtualmachineinstances.kubevirt.io", null) when isRead || isChange => null,
            ("virtualmachines.kubevirt.io", null) when isRead => null,
            ("virtualmachines.kubevirt.io", "status") when verb == "get" || isChange => null,
            ("virtualmachineinstancemigrations.kubevirt.io" or "kubevirts.kubevirt.io", null) when isRead => null,
            ("hosts.vireo.dev", null) when isRead => null,
            ("hosts.vireo.dev", "status") when isChange => Own(host, path),
            ("nodes", null) when isRead || verb == "create" => null,
            ("nodes", null or "status") when isChange => Own(host, path),
            ("leases.coordination.k8s.io", null) when path.Namespace == Heartbeats && verb == "create" => null,
            ("leases.coordination.k8s.io", null) when path.Namespace == Heartbeats && (verb == "get" || isChange) =>
                Own(host, path),
            ("events", null) when verb is "create" or "patch" => null,
            ("secrets", null) when verb == "get" => null,
            _ => "the agents of hosts have no business with it",
        };
    }

    private static string? Own(string host, ResourcePath path) =>
        path.Name == host ? null : $"the agent of host \"{host}\" may change only its own";
}
