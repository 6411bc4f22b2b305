using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Scheduling;

/// <summary>Binds each instance that has no host to one, and says what is missing when none will do.</summary>
internal sealed class SchedulingReconciler(
    KubernetesClient client,
    ClusterView cluster,
    HostRoom room,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(30);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Instances.Find(key) is not { } instance || instance.Status?.NodeName is not null)
        {
            return Outcome.Settled;
        }

        if (instance.Metadata.DeletionTimestamp is not null)
        {
            await client.ReplaceAsync(SchedulingReport.EndedUnplaced(instance, time.GetUtcNow()), ct);
            return Outcome.Settled;
        }

        if (VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase) || room.IsChosen(instance))
        {
            return Outcome.Settled;
        }

        var (decision, bound) = room.Choose(
            candidates => Placement.Choose(instance, candidates, cluster.Configuration),
            host => SchedulingReport.Bound(instance, host, time.GetUtcNow())
        );
        if (bound is not null)
        {
            return await BindAsync(bound, ct);
        }

        return decision is PlacementDecision.Unplaceable unplaceable
            ? await TellAsync(instance, unplaceable, ct)
            : throw new InvalidOperationException($"No row for {decision}.");
    }

    private async Task<Outcome> BindAsync(VirtualMachineInstance bound, CancellationToken ct)
    {
        try
        {
            await client.ReplaceAsync(bound, ct);
        }
        catch
        {
            room.Forget(bound);
            throw;
        }

        logger.InstancePlaced(ResourceKey.Of(bound), bound.Status!.NodeName!);
        return Outcome.Settled;
    }

    private async Task<Outcome> TellAsync(
        VirtualMachineInstance instance,
        PlacementDecision.Unplaceable unplaceable,
        CancellationToken ct
    )
    {
        var told = SchedulingReport.Unplaceable(instance, unplaceable.Message, time.GetUtcNow());
        if (!SchedulingReport.SaysTheSame(instance, told))
        {
            await client.ReplaceAsync(told, ct);
        }

        return new Outcome.Waiting(unplaceable.Message, RecheckAfter);
    }
}
