using Vireo.Api;
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

    /// <summary>How changes reach guests that run; null when nobody said.</summary>
    public KubeVirtWorkloadUpdateStrategy? WorkloadUpdateStrategy =>
        installations.Find(ConfigurationKey)?.Spec?.WorkloadUpdateStrategy;

    public KubeVirtConfiguration Configuration =>
        installations.Find(ConfigurationKey)?.Spec?.Configuration ?? new KubeVirtConfiguration();
}
