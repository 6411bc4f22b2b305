using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.Hosts;

/// <summary>
/// Marks a host whose agent stopped renewing its lease: its Ready becomes Unknown. Its guests run on.
/// </summary>
internal sealed class HostHealthReconciler(
    KubernetesClient client,
    ClusterView cluster,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    private const string Ready = "Ready";
    private const string Unknown = "Unknown";
    private const string Lost = "AgentStopped";
    private const string Message =
        "The agent stopped reporting. Guests run on, but nothing is started or stopped there.";

    /// <summary>How long the agent of a new host has for its first lease: as long as for each later one.</summary>
    private static readonly TimeSpan FirstLeaseWithin = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(10);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Hosts.Find(key) is not { } host)
        {
            return Outcome.Settled;
        }

        var now = time.GetUtcNow();
        var lease = cluster.Leases.Find(new ResourceKey(ClusterView.LeaseNamespace, key.Name));
        var isNew = lease is null && now - host.Metadata.CreationTimestamp < FirstLeaseWithin;
        if (!isNew && !HostCandidate.IsFresh(lease, now))
        {
            await MarkAsync(host, lease?.Spec?.RenewTime ?? host.Metadata.CreationTimestamp, ct);
            await MarkAsync(cluster.Nodes.Find(key), ct);
        }

        return new Outcome.Waiting("the agent to report", RecheckAfter);
    }

    private async Task MarkAsync(Host host, DateTimeOffset? since, CancellationToken ct)
    {
        if (Conditions.Find(host.Status?.Conditions, Ready) is not { Status: not Unknown })
        {
            return;
        }

        logger.HostLost(host.Metadata.Name!, since);
        var lost = new Condition
        {
            Type = Ready,
            Status = Unknown,
            Reason = Lost,
            Message = Message,
        };
        var conditions = Conditions.Set(host.Status!.Conditions, lost, time.GetUtcNow());
        await client.ReplaceStatusAsync(host with { Status = host.Status with { Conditions = conditions } }, ct);
    }

    private async Task MarkAsync(Node? node, CancellationToken ct)
    {
        if (node?.Status?.Conditions is not { } conditions || !conditions.Any(IsToBeMarked))
        {
            return;
        }

        var marked = conditions.Select(condition =>
            !IsToBeMarked(condition)
                ? condition
                : condition with
                {
                    Status = Unknown,
                    Reason = Lost,
                    Message = Message,
                    LastTransitionTime = time.GetUtcNow(),
                }
        );
        await client.ReplaceStatusAsync(node with { Status = node.Status with { Conditions = [.. marked] } }, ct);
    }

    private static bool IsToBeMarked(NodeCondition condition) => condition is { Type: Ready, Status: not Unknown };
}
