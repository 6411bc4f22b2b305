using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Reading;

/// <summary>
/// The objects of a kind as they were at an earlier revision: what there is now, with the changes since taken back.
/// </summary>
/// <remarks>The pages of a list are read so too: nothing is kept for them, and each shows the same moment.</remarks>
internal static class EarlierList
{
    /// <summary>Reads the list.</summary>
    /// <exception cref="RevisionExpiredException">The changes since that revision are not all held.</exception>
    public static async Task<StoreList> ReadAsync(
        ResourceStore store,
        ResourceKind kind,
        string? ns,
        long revision,
        CancellationToken ct
    )
    {
        var now = store.List(kind, ns);
        if (revision == now.Revision)
        {
            return now;
        }

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

    /// <param name="items">What there is now, sorted.</param>
    /// <param name="before">What changed objects were at first; null for those that were not there.</param>
    private static IReadOnlyList<StoredObject> TakenBack(
        IReadOnlyList<StoredObject> items,
        IReadOnlyDictionary<(string? Namespace, string Name), StoredObject?> before
    )
    {
        if (before.Count == 0)
        {
            return items;
        }

        var then = new List<StoredObject>(items.Count + before.Count);
        var at = 0;
        foreach (
            var ((ns, name), previous) in before
                .OrderBy(change => change.Key.Namespace, StringComparer.Ordinal)
                .ThenBy(change => change.Key.Name, StringComparer.Ordinal)
        )
        {
            for (; at < items.Count && ObjectTable.Compare(items[at], ns, name) is var order and <= 0; at++)
            {
                if (order < 0)
                {
                    then.Add(items[at]);
                }
            }

            if (previous is not null)
            {
                then.Add(previous);
            }
        }

        then.AddRange(items.Skip(at));
        return then;
    }
}
