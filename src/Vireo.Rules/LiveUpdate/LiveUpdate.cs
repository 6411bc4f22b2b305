using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Plans how changes of a template reach the guest that runs.</summary>
public static class LiveUpdate
{
    /// <summary>Field by field, what differs and how it comes to hold.</summary>
    /// <remarks>
    /// Both sides are completed by the same defaults, today's, so that neither a default of the server nor a change of
    /// the cluster's configuration counts as a change of the machine.
    /// </remarks>
    /// <param name="running">The template's spec that the instance was started from.</param>
    /// <param name="wanted">The template's spec as it is now.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="identity">The guest's identity where none is given: the uid of the virtual machine.</param>
    public static UpdatePlan Plan(
        VirtualMachineInstanceSpec running,
        VirtualMachineInstanceSpec wanted,
        KubeVirtConfiguration configuration,
        string? identity
    )
    {
        var changes = SpecComparison.Differences(Tree(running), Tree(wanted)).ToList();
        return changes is [] ? UpdatePlan.Empty : new(changes);

        JsonNode? Tree(VirtualMachineInstanceSpec spec) =>
            JsonSerializer.SerializeToNode(
                WithTopology(InstanceDefaults.Fill(spec, configuration, identity)),
                ApiJson.Default.VirtualMachineInstanceSpec
            );
    }

    /// <summary>Sockets, cores and threads as the guest has them: where some are given, defaults leave the rest out.
    /// </summary>
    private static VirtualMachineInstanceSpec WithTopology(VirtualMachineInstanceSpec spec)
    {
        var topology = CpuTopologies.Of(spec.Domain.Cpu);
        var cpu = (spec.Domain.Cpu ?? new()) with
        {
            Sockets = topology.Sockets,
            Cores = topology.Cores,
            Threads = topology.Threads,
        };
        return spec with { Domain = spec.Domain with { Cpu = cpu } };
    }
}
