using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>Moves guests away from hosts that are drained, as their eviction strategies say.</summary>
internal sealed class EvacuationReconciler(
    KubernetesClient client,
    ClusterView cluster,
    MigrationView migrations,
    MigrationRequests requests
) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Instances.Find(key) is not { Status.NodeName: { } host } instance)
        {
            return Outcome.Settled;
        }

        var configuration = cluster.Configuration;
        var isDraining = Evacuation.IsDraining(cluster.Nodes.Find(new(null, host)), configuration);
        switch (Evacuation.Next(instance, isDraining, migrations.Of(key), configuration))
        {
            case EvacuationStep.Mark(var marked):
                await client.ReplaceAsync(marked, ct);
                return Outcome.Settled;
            case EvacuationStep.Move(var migration):
                return await requests.MakeAsync(instance, migration, $"host {host} is drained", ct);
            case EvacuationStep.Cancel(var migration):
                return await requests.CancelAsync(instance, migration, $"the guest may stay on {host}", ct);
            default:
                return Outcome.Settled;
        }
    }
}
