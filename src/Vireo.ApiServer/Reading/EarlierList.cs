using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>
/// The objects of a kind as they were at an earlier revision: what there is now, with the changes since taken back.
/// </summary>
internal static class EarlierList
{
    /// <summary>Reads the list.</summary>
    /// <exception cref="StatusException">Expired: the changes since that revision are not all held.</exception>
    public static async Task<StoreList> ReadAsync(
        ResourceStore store,
        ResourceKind kind,
        string? ns,
        long revision,
        CancellationToken ct
    )
    {
        var now = store.List(kind, ns);
        try
        {
            var before = new Dictionary<(string?, string), StoredObject?>();
            var changes = store.Watch(kind, ns, revision);
            while (true)
            {
                while (changes.TryRead(out var change) && change.Revision <= now.Revision)
                {
                    before.TryAdd((change.Object.Namespace, change.Object.Name), change.Previous);
                }

                if (changes.Position >= now.Revision)
                {
                    return new(revision, TakenBack(now.Items, before));
                }

                // A change is readable a moment before it is told.
                ct.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
        catch (RevisionExpiredException expired)
        {
            throw Refusals.Expired(
                $"The provided resource version {revision} is no longer held ({expired.Oldest} is the oldest): list "
                    + "without resourceVersionMatch"
            );
        }
    }

    /// <param name="items">What there is now.</param>
    /// <param name="before">What changed objects were at first; null for those that were not there.</param>
    internal static IReadOnlyList<StoredObject> TakenBack(
        IReadOnlyList<StoredObject> items,
        IReadOnlyDictionary<(string? Namespace, string Name), StoredObject?> before
    ) =>
        before.Count == 0
            ? items
            :
            [
                .. items
                    .Where(item => !before.ContainsKey((item.Namespace, item.Name)))
                    .Concat(before.Values.OfType<StoredObject>())
                    .OrderBy(item => item.Namespace, StringComparer.Ordinal)
                    .ThenBy(item => item.Name, StringComparer.Ordinal),
            ];
}
