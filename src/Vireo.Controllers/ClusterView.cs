using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers;

/// <summary>What the controllers see of the cluster: one informer a kind, shared by all of them.</summary>
internal sealed class ClusterView(
    Informer<VirtualMachine> machines,
    Informer<VirtualMachineInstance> instances,
    Informer<Host> hosts,
    Informer<Node> nodes,
    Informer<Lease> leases,
    Informer<KubeVirt> installations
)
{
    /// <summary>Where agents renew their leases, as Kubernetes' node agents do.</summary>
    public const string LeaseNamespace = "kube-node-lease";

    /// <summary>Where the configuration of the cluster is.</summary>
    public static readonly ResourceKey ConfigurationKey = new("kubevirt", "kubevirt");

    public Informer<VirtualMachine> Machines => machines;

    public Informer<VirtualMachineInstance> Instances => instances;

    public Informer<Host> Hosts => hosts;

    public Informer<Node> Nodes => nodes;

    public Informer<Lease> Leases => leases;

    public Informer<KubeVirt> Installations => installations;

    /// <summary>What the administrator wants of the cluster.</summary>
    public KubeVirtSpec? Wishes => installations.Find(ConfigurationKey)?.Spec;

    public KubeVirtConfiguration Configuration => Wishes?.Configuration ?? new KubeVirtConfiguration();

    /// <summary>Waits until all of it is seen: a host whose lease is not seen yet would be one that is lost.</summary>
    public Task WaitForSyncAsync(CancellationToken ct) =>
        Task.WhenAll(
            machines.WaitForSyncAsync(ct),
            instances.WaitForSyncAsync(ct),
            hosts.WaitForSyncAsync(ct),
            nodes.WaitForSyncAsync(ct),
            leases.WaitForSyncAsync(ct),
            installations.WaitForSyncAsync(ct)
        );

    /// <summary>The hosts as they are seen, with what the instances bound to them claim.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bound">The instances; null for all as they are seen.</param>
    public IReadOnlyList<HostCandidate> Candidates(
        DateTimeOffset now,
        IReadOnlyCollection<VirtualMachineInstance>? bound = null
    )
    {
        var (seen, configuration) = (bound ?? [.. instances.All], Configuration);
        return
        [
            .. hosts.All.Select(host =>
            {
                var name = host.Metadata.Name!;
                var lease = leases.Find(new ResourceKey(LeaseNamespace, name));
                return HostCandidate.Of(host, nodes.Find(new(null, name)), lease, seen, configuration, now);
            }),
        ];
    }
}
