using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Controllers.Scheduling;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Migrations;

/// <summary>Puts together the controllers around migrations: who looks at what when something changes.</summary>
internal sealed class MigrationControllers(
    KubernetesClient client,
    ClusterView cluster,
    MigrationView migrations,
    HostRoom room,
    TimeProvider time,
    Func<string, ILogger> loggers
)
{
    private readonly EventRecorder _events = new(client, "migration-controller", null, time);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Controller> All() => [Migrations(), Evacuations(), WorkloadUpdates()];

    private Controller Migrations()
    {
        var logger = loggers("migration");
        var reconciler = new MigrationReconciler(client, cluster, migrations, room, _events, time, logger);
        var controller = new Controller("migration", reconciler, time, logger);
        controller.Watch(migrations.Informer, migration => [ResourceKey.Of(migration)]);
        controller.Watch(cluster.Instances, instance => migrations.Of(ResourceKey.Of(instance)).Select(ResourceKey.Of));
        controller.Watch(cluster.Hosts, _ => Waiting());
        controller.Watch(cluster.Nodes, _ => Waiting());
        migrations.Informer.Changed += (before, after) =>
        {
            // A place is free: those that wait for one look again.
            if (
                before is not null
                && !MigrationNames.IsFinal(before)
                && (after is null || MigrationNames.IsFinal(after))
            )
            {
                Enqueue(Waiting());
            }
        };
        cluster.Leases.Changed += (_, after) =>
        {
            if (!HostCandidate.IsFresh(after, time.GetUtcNow()))
            {
                Enqueue(migrations.Open.Select(ResourceKey.Of));
            }
        };
        return controller;

        void Enqueue(IEnumerable<ResourceKey> keys)
        {
            foreach (var key in keys)
            {
                controller.Enqueue(key);
            }
        }
    }

    private Controller Evacuations()
    {
        var logger = loggers("evacuation");
        var reconciler = new EvacuationReconciler(client, cluster, migrations, new(client, _events));
        var controller = new Controller("evacuation", reconciler, time, logger);
        controller.Watch(cluster.Instances, instance => [ResourceKey.Of(instance)]);
        controller.Watch(migrations.Informer, migration => [MigrationView.InstanceOf(migration)]);
        controller.Watch(
            cluster.Nodes,
            node =>
                cluster
                    .Instances.All.Where(instance => instance.Status?.NodeName == node.Metadata.Name)
                    .Select(ResourceKey.Of)
        );
        return controller;
    }

    private Controller WorkloadUpdates()
    {
        var logger = loggers("workloadupdate");
        var reconciler = new WorkloadUpdateReconciler(cluster, migrations, new(client, _events));
        var controller = new Controller("workloadupdate", reconciler, time, logger);
        controller.Watch(cluster.Instances, instance => [ResourceKey.Of(instance)]);
        controller.Watch(migrations.Informer, migration => [MigrationView.InstanceOf(migration)]);
        controller.Watch(cluster.Installations, _ => cluster.Instances.All.Select(ResourceKey.Of));
        return controller;
    }

    private IEnumerable<ResourceKey> Waiting() =>
        migrations
            .Open.Where(migration =>
                migration.Status?.Phase
                    is VirtualMachineInstanceMigrationPhase.Pending
                        or VirtualMachineInstanceMigrationPhase.Scheduling
            )
            .Select(ResourceKey.Of);
}
