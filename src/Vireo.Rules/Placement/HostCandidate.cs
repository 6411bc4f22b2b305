using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A host that may be chosen, as it was seen.</summary>
/// <param name="Host">What it offers.</param>
/// <param name="Node">Its Node, for labels and cordons; null when it has none.</param>
/// <param name="HasFreshLease">True when its agent renewed its lease in time.</param>
/// <param name="Claimed">What the instances bound to it claim, all together.</param>
public sealed record HostCandidate(Host Host, Node? Node, bool HasFreshLease, ResourceClaim Claimed)
{
    private const int LeaseSecondsWhenNotSaid = 40;

    /// <summary>The name of the host and of its Node.</summary>
    public string Name => Host.Metadata.Name ?? "";

    internal long FreeMemoryBytes => Allocatable("memory").Value - Claimed.MemoryBytes;

    internal long FreeCpuMilli => Allocatable("cpu").MilliValue - Claimed.CpuMilli;

    /// <summary>Puts together what was seen of a host.</summary>
    /// <param name="host">What it offers.</param>
    /// <param name="node">Its Node.</param>
    /// <param name="lease">The lease its agent renews.</param>
    /// <param name="instances">
    /// All instances known; those that are bound to the host or move to it, and are not final, count.
    /// </param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="now">The time.</param>
    public static HostCandidate Of(
        Host host,
        Node? node,
        Lease? lease,
        IEnumerable<VirtualMachineInstance> instances,
        KubeVirtConfiguration configuration,
        DateTimeOffset now
    ) =>
        new(
            host,
            node,
            IsFresh(lease, now),
            instances
                .Where(instance =>
                    IsOn(instance, host.Metadata.Name) && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
                )
                .Aggregate(ResourceClaim.None, (sum, instance) => sum + ResourceClaim.Of(instance.Spec, configuration))
        );

    /// <summary>True while the holder of a lease renews it in time.</summary>
    public static bool IsFresh(Lease? lease, DateTimeOffset now) =>
        lease?.Spec is { RenewTime: { } renewed } spec
        && renewed.AddSeconds(spec.LeaseDurationSeconds ?? LeaseSecondsWhenNotSaid) > now;

    /// <summary>A guest that moves takes room on both hosts.</summary>
    private static bool IsOn(VirtualMachineInstance instance, string? host) =>
        instance.Status?.NodeName == host
        || (MigrationStates.IsUnderWay(instance) && instance.Status?.MigrationState?.TargetNode == host);

    internal Quantity Allocatable(string resource) =>
        Host.Status?.Allocatable is { } amounts && amounts.TryGetValue(resource, out var amount) ? amount : default;
}
