using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.Events;

/// <summary>Removes events an hour after they last happened, as Kubernetes does.</summary>
internal sealed class EventExpiryReconciler(KubernetesClient client, Informer<Event> events, TimeProvider time)
    : IReconciler
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (events.Find(key) is not { } told)
        {
            return Outcome.Settled;
        }

        var happened = told.LastTimestamp ?? told.EventTime ?? told.Metadata.CreationTimestamp;
        var left = happened + Lifetime - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return new Outcome.Waiting("the event to grow old", left.Value);
        }

        await client.DeleteAsync<Event>(key, null, ct);
        return Outcome.Settled;
    }
}
