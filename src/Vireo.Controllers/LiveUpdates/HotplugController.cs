using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.LiveUpdates;

/// <summary>Looks at an instance when its guest is to change, and again when hosts or the configuration do.</summary>
internal static class HotplugController
{
    /// <param name="client">The client.</param>
    /// <param name="cluster">What is seen.</param>
    /// <param name="freesRoom">True when an instance, before and after, leaves room on a host.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">Told of failures.</param>
    public static Controller Make(
        KubernetesClient client,
        ClusterView cluster,
        Func<VirtualMachineInstance?, VirtualMachineInstance?, bool> freesRoom,
        TimeProvider time,
        ILogger logger
    )
    {
        var controller = new Controller("liveupdate", new HotplugReconciler(client, cluster, time), time, logger);
        controller.Watch(cluster.Instances, one => HotplugPlan.IsConcerned(one) ? [ResourceKey.Of(one)] : []);
        controller.Watch(cluster.Hosts, _ => Waiting());
        controller.Watch(cluster.Installations, _ => Waiting());
        cluster.Instances.Changed += (before, after) =>
        {
            foreach (var key in freesRoom(before, after) ? Waiting() : [])
            {
                controller.Enqueue(key);
            }
        };
        return controller;

        IEnumerable<ResourceKey> Waiting() =>
            cluster.Instances.All.Where(HotplugPlan.AwaitsHosts).Select(ResourceKey.Of);
    }
}
