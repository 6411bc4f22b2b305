using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.LiveUpdates;

/// <summary>Tells on an instance that its guest is to have other processors or memory than it has, and how.</summary>
internal sealed class HotplugReconciler(KubernetesClient client, ClusterView cluster, TimeProvider time) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Instances.Find(key) is not { } instance || !HotplugPlan.IsConcerned(instance))
        {
            return Outcome.Settled;
        }

        var now = time.GetUtcNow();
        var way = HotplugWay.Of(instance, cluster.Wishes, cluster.Candidates(now));
        if (HotplugPlan.Next(instance, way, now) is not { } conditions)
        {
            return HotplugPlan.IsShownFor(instance, now) is { } left
                ? new Outcome.Waiting("clients to see the change", left)
                : Outcome.Settled;
        }

        try
        {
            await client.ReplaceAsync(instance with { Status = instance.Status! with { Conditions = conditions } }, ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // It ended meanwhile.
        }

        return Outcome.Settled;
    }
}
