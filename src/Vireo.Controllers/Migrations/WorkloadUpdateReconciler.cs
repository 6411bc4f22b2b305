using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>Moves guests whose changes a migration completes, where the cluster's configuration says so.</summary>
internal sealed class WorkloadUpdateReconciler(
    ClusterView cluster,
    MigrationView migrations,
    MigrationRequests requests
) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Instances.Find(key) is not { } instance)
        {
            return Outcome.Settled;
        }

        return WorkloadUpdates.Next(instance, migrations.Of(key), cluster.Wishes?.WorkloadUpdateStrategy) switch
        {
            WorkloadUpdateStep.Move(var migration) => await requests.MakeAsync(
                instance,
                migration,
                "it completes a change of the guest",
                ct
            ),
            WorkloadUpdateStep.Cancel(var migration) => await requests.CancelAsync(
                instance,
                migration,
                "the change was taken back",
                ct
            ),
            _ => Outcome.Settled,
        };
    }
}
