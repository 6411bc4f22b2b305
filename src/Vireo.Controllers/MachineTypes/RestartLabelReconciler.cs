using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypes;

/// <summary>
/// Takes the label restart-vm-required off a virtual machine once no restart is required any more, whoever put it there
/// and by whatever means the machine came to its new machine type.
/// </summary>
internal sealed class RestartLabelReconciler(KubernetesClient client, ClusterView cluster, TimeProvider time)
    : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Machines.Find(key) is not { } machine || !RestartLabelPlan.HasLabel(machine))
        {
            return Outcome.Settled;
        }

        // The copy of the instances may be behind that of the machines: it decides when to look, not what is so.
        if (!IsDone(machine, cluster.Instances.Find(key)))
        {
            return Outcome.Settled;
        }

        if (!IsDone(machine, await client.FindAsync<VirtualMachineInstance>(key, ct)))
        {
            return Outcome.Settled;
        }

        try
        {
            await client.PatchAsync<VirtualMachine>(key, Patch.Merge(WithoutLabel(machine)), ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // It was deleted meanwhile.
        }

        return Outcome.Settled;
    }

    private bool IsDone(VirtualMachine machine, VirtualMachineInstance? instance) =>
        RestartLabelPlan.IsDone(machine, instance, cluster.Configuration, time.GetUtcNow());

    private static JsonObject WithoutLabel(VirtualMachine machine) =>
        new()
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = machine.Metadata.ResourceVersion,
                ["labels"] = new JsonObject { [KubeVirtNames.RestartRequiredLabel] = null },
            },
        };
}
