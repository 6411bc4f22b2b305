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
    private const string Lost = "AgentStopped";

    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(10);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (cluster.Hosts.Find(key) is not { } host)
        {
            return Outcome.Settled;
        }

        var lease = cluster.Leases.Find(new ResourceKey(ClusterView.LeaseNamespace, key.Name));
        if (HostCandidate.IsFresh(lease, time.GetUtcNow()))
        {
            return new Outcome.Waiting("the agent to report", RecheckAfter);
        }

        if (Conditions.Find(host.Status?.Conditions, "Ready")?.Status is "True" or "False")
        {
            logger.HostLost(key.Name, lease?.Spec?.RenewTime);
            await MarkAsync(host, cluster.Nodes.Find(key), ct);
        }

        return Outcome.Settled;
    }

    private async Task MarkAsync(Host host, Node? node, CancellationToken ct)
    {
        const string message = "The agent stopped reporting. Guests run on, but nothing is started or stopped there.";
        var ready = new Condition
        {
            Type = "Ready",
            Status = "Unknown",
            Reason = Lost,
            Message = message,
        };
        var conditions = Conditions.Set(host.Status!.Conditions, ready, time.GetUtcNow());
        await client.ReplaceStatusAsync(host with { Status = host.Status with { Conditions = conditions } }, ct);

        if (node?.Status?.Conditions is { } ofNode)
        {
            var marked = ofNode.Select(condition =>
                condition.Type != "Ready"
                    ? condition
                    : condition with
                    {
                        Status = "Unknown",
                        Reason = Lost,
                        Message = message,
                        LastTransitionTime = time.GetUtcNow(),
                    }
            );
            await client.ReplaceStatusAsync(node with { Status = node.Status with { Conditions = [.. marked] } }, ct);
        }
    }
}
