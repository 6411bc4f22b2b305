using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Follows one object through whatever happens to it and to the connection.</summary>
internal static class Following
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Tells the object as it is, then each of its changes, null when it is not there; until cancelled.
    /// </summary>
    public static async Task RunAsync<T>(
        KubernetesClient client,
        ResourceKey key,
        Action<T?> see,
        TimeProvider time,
        CancellationToken ct
    )
        where T : class, IResource
    {
        var query = new ListQuery(key.Namespace, FieldSelector: $"metadata.name={key.Name}");
        while (true)
        {
            try
            {
                var found = await client.ListAsync<T>(query, ct);
                see(found.Items.Count > 0 ? found.Items[0] : null);
                await foreach (
                    var change in client.WatchAsync<T>(query with { ResourceVersion = found.ResourceVersion }, ct)
                )
                {
                    if (change.Type != WatchEventType.Bookmark)
                    {
                        see(change.Type == WatchEventType.Deleted ? null : change.Object);
                    }
                }
            }
            catch (ApiException e) when (e.IsTransient || e.Reason == Reason.Expired)
            {
                await Task.Delay(Pause, time, ct);
            }
        }
    }
}
