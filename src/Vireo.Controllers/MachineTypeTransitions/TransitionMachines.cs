using Vireo.Api;
using Vireo.Controllers.InstanceTypes;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>All virtual machines, as transitions look at them.</summary>
internal sealed class TransitionMachines(ClusterView cluster, InstanceTypeRecords types)
{
    /// <summary>What is seen of the cluster.</summary>
    public ClusterView Cluster => cluster;

    /// <summary>Looks at all of them, for one pass.</summary>
    /// <remarks>
    /// What a preference names matters only to a machine that has no other type: one that never booted. The others are
    /// not asked for theirs, so that a fleet costs what it did.
    /// </remarks>
    public async Task<TransitionSights> LookAsync(CancellationToken ct)
    {
        var preferred = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var machine in cluster.Machines.All)
        {
            if (
                machine is { Spec.Preference: not null, Status: null or { MachineType: null } }
                && MachineTypeSources.TemplateOf(machine) is null
                && await types.PreferredMachineTypeAsync(machine, ct) is { Length: > 0 } type
            )
            {
                preferred[machine.Metadata.Uid ?? ""] = type;
            }
        }

        return new(cluster, preferred);
    }
}

/// <summary>All virtual machines, as one pass of a transition sees them.</summary>
/// <param name="cluster">What is seen of the cluster.</param>
/// <param name="preferred">The machine types that preferences name, by the machine's uid.</param>
internal sealed class TransitionSights(ClusterView cluster, IReadOnlyDictionary<string, string> preferred)
{
    /// <summary>Each of them.</summary>
    public IEnumerable<MachineSight> All => cluster.Machines.All.Select(Of);

    /// <summary>A machine as it is now; null when it is gone.</summary>
    public MachineSight? Find(ResourceKey key) => cluster.Machines.Find(key) is { } machine ? Of(machine) : null;

    private MachineSight Of(VirtualMachine machine) =>
        new(machine, cluster.Instances.Find(ResourceKey.Of(machine)))
        {
            Preferred = preferred.GetValueOrDefault(machine.Metadata.Uid ?? ""),
        };
}
