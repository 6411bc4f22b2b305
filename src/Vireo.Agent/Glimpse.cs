using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What an agent learns of an object by its name.</summary>
/// <param name="Object">The object; null when there is none, or it is another host's.</param>
/// <param name="Uid">Its uid, also when it is another host's; null when there is none.</param>
internal sealed record Glimpse<T>(T? Object, string? Uid)
    where T : class, IResource;

/// <summary>Reads what may have become another host's: of that the server tells only which one it is.</summary>
internal static class Glimpses
{
    /// <summary>Reads an object that is this host's or may be another's.</summary>
    public static async Task<Glimpse<T>> GlimpseAsync<T>(
        this KubernetesClient client,
        ResourceKey key,
        CancellationToken ct
    )
        where T : class, IResource
    {
        try
        {
            var found = await client.FindAsync<T>(key, ct);
            return new(found, found?.Metadata.Uid);
        }
        catch (ApiException e) when (e.UidOfOthers() is { } uid)
        {
            return new(null, uid);
        }
    }

    /// <summary>The uid of the object that is another host's; null when that is not what is said.</summary>
    /// <remarks>An agent whose own host was removed is refused everything, and learns nothing by that.</remarks>
    public static string? UidOfOthers(this ApiException refusal) =>
        refusal.Reason == Reason.Forbidden && refusal.Status.Details?.Uid is { Length: > 0 } uid ? uid : null;
}
