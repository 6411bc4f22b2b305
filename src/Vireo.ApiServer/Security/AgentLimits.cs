using Vireo.ApiServer.Reading;
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
            ("kubevirts.kubevirt.io", null) when isRead => null,
            ("hosts.vireo.dev", null) when verb == "get" => null,
            ("hosts.vireo.dev", "status") when isChange => Own(host, path),
            ("nodes", null) when verb is "get" or "create" => null,
            ("nodes", null or "status") when isChange => Own(host, path),
            ("leases.coordination.k8s.io", null) when path.Namespace == Heartbeats && verb == "create" => null,
            ("leases.coordination.k8s.io", null) when path.Namespace == Heartbeats && (verb == "get" || isChange) =>
                Own(host, path),
            ("events", null) when verb is "create" or "patch" => null,
            ("secrets", null) when verb == "get" => null,
            _ => "the agents of hosts have no business with it",
        };
    }

    /// <summary>Why an agent may not have all of a kind; null when it may, or asks for its host's alone.</summary>
    /// <param name="host">The agent's host.</param>
    /// <param name="verb">What it asks.</param>
    /// <param name="path">What of.</param>
    /// <param name="fields">The field selector of the request; null for none.</param>
    public static string? RefuseAll(string host, string verb, ResourcePath path, FieldQuery? fields)
    {
        string[] own = path.Kind.GroupResource switch
        {
            "virtualmachineinstances.kubevirt.io" => ["status.nodeName", "status.migrationState.targetNode"],
            "virtualmachines.kubevirt.io" => ["status.savedDisks.host"],
            _ => [],
        };
        var isOfMany = own is not [] && verb is ("list" or "watch");
        return isOfMany && !own.Any(field => fields?.Requires(field, host) == true)
            ? $"the agent of host \"{host}\" may have its own only: with the field selector {own[0]}={host}"
            : null;
    }

    private static string? Own(string host, ResourcePath path) =>
        path.Name == host ? null : $"the agent of host \"{host}\" may change only its own";
}
