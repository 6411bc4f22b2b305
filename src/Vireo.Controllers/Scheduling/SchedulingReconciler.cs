using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Scheduling;

/// <summary>Binds each instance that has no host to one, and says what is missing when none will do.</summary>
/// <remarks>
/// Works on one instance at a time and remembers its own bindings until the informer shows them: two instances never
/// get
/// the same room.
/// </remarks>
internal sealed class SchedulingReconciler(
    KubernetesClient client,
    ClusterView cluster,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, VirtualMachineInstance> _assumed = new(StringComparer.Ordinal);

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

        if (
            VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase) || _assumed.ContainsKey(instance.Metadata.Uid!)
        )
        {
            return Outcome.Settled;
        }

        var configuration = cluster.Configuration;
        var decision = Placement.Choose(instance, Candidates(configuration), configuration);
        return decision switch
        {
            PlacementDecision.Placed placed => await BindAsync(instance, placed.Host, ct),
            PlacementDecision.Unplaceable unplaceable => await TellAsync(instance, unplaceable, ct),
            _ => throw new InvalidOperationException($"No row for {decision}."),
        };
    }

    private async Task<Outcome> BindAsync(VirtualMachineInstance instance, string host, CancellationToken ct)
    {
        var bound = SchedulingReport.Bound(instance, host, time.GetUtcNow());
        await client.ReplaceAsync(bound, ct);
        _assumed[instance.Metadata.Uid!] = bound;
        logger.InstancePlaced(ResourceKey.Of(instance), host);
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

    private IReadOnlyList<HostCandidate> Candidates(KubeVirtConfiguration configuration)
    {
        var seen = cluster.Instances.All.ToList();
        foreach (var instance in seen.Where(instance => instance.Status?.NodeName is not null))
        {
            _assumed.Remove(instance.Metadata.Uid!);
        }

        var present = seen.Select(instance => instance.Metadata.Uid!).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _assumed.Keys.Where(uid => !present.Contains(uid)).ToList())
        {
            _assumed.Remove(gone);
        }

        seen.RemoveAll(instance => _assumed.ContainsKey(instance.Metadata.Uid!));
        seen.AddRange(_assumed.Values);
        return
        [
            .. cluster.Hosts.All.Select(host =>
            {
                var name = host.Metadata.Name!;
                var node = cluster.Nodes.Find(new ResourceKey(null, name));
                var lease = cluster.Leases.Find(new ResourceKey(ClusterView.LeaseNamespace, name));
                return HostCandidate.Of(host, node, lease, seen, configuration, time.GetUtcNow());
            }),
        ];
    }
}
