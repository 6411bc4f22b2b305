using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>Makes memory what the log says.</summary>
internal static class Recovery
{
    /// <summary>Reads the whole log: the objects, and the changes that a watch may still ask for.</summary>
    /// <remarks>
    /// A change's time is not on disk: what is young enough to be there counts as new. Of kinds without history
    /// nothing is known from before, so their watches start over unless they have seen everything.
    /// </remarks>
    public static (StoreState State, ChangeFeed Feed) Replay(
        StateFile file,
        StoreLimits limits,
        TimeProvider time,
        Queue<ObsoleteRows> obsolete,
        ILogger logger
    )
    {
        var revision = file.ReadRevision();
        var kinds = ResourceKinds.All;
        var objects = kinds.Select(_ => new Dictionary<(string?, string), StoredObject>()).ToArray();
        var histories = kinds
            .Select((kind, at) => kind.HasNoHistory ? revision : file.CompleteAfter(at))
            .Select((completeAfter, at) => new History(at, completeAfter, limits, time))
            .ToArray();
        var unknown = 0;

        foreach (var row in file.ReadLog())
        {
            if (row is not { Kind: { } kind, Object: { } stored })
            {
                unknown++;
                continue;
            }

            var key = (stored.Namespace, stored.Name);
            objects[kind].Remove(key, out var previous);

            if (!row.IsDeleted)
            {
                objects[kind].Add(key, stored);
            }

            if (row.Revision > histories[kind].Before.Revision)
            {
                histories[kind].Append(new StoreEvent(TypeOf(row, previous), stored, previous));
                histories[kind].Trim(obsolete);
            }
        }

        if (unknown > 0)
        {
            Log.UnknownKinds(logger, unknown);
        }

        var tables = objects.Select(of => ObjectTable.Of(of.Values)).ToArray();
        return (new StoreState(revision, tables), new ChangeFeed(histories, revision));
    }

    private static StoreEventType TypeOf(LogRow row, StoredObject? previous) =>
        row.IsDeleted ? StoreEventType.Deleted
        : previous is null ? StoreEventType.Added
        : StoreEventType.Modified;
}
