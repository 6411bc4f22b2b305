using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Takes the label that asks for a restart off machines that have restarted or stopped, by whatever means.</summary>
internal sealed class RestartLabelReconciler(KubernetesClient client, ClusterView cluster) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (
            cluster.Machines.Find(key) is not { } machine
            || !RestartLabels.IsOver(new(machine, cluster.Instances.Find(key)))
        )
        {
            return Outcome.Settled;
        }

        // The copy of the instance may be older than that of the machine: one that just started is not in it.
        if (!RestartLabels.IsOver(new(machine, await client.FindAsync<VirtualMachineInstance>(key, ct))))
        {
            return Outcome.Settled;
        }

        try
        {
            await client.PatchAsync<VirtualMachine>(key, MovePatch.Unlabel(machine), ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // It was deleted meanwhile.
        }

        return Outcome.Settled;
    }
}
