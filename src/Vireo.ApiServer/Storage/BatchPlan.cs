using System.Buffers.Text;
using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>Decides what a batch of writes does, each seeing those before it. Pure: nothing is stored here.</summary>
/// <param name="Next">Everything after the batch.</param>
/// <param name="Changes">What changed, one revision each, in order.</param>
/// <param name="Outcomes">One for each write: the change that it made, or why it made none.</param>
internal sealed record BatchPlan(
    StoreState Next,
    IReadOnlyList<StoreEvent> Changes,
    IReadOnlyList<WriteOutcome> Outcomes
)
{
    public static BatchPlan Of(StoreState state, IReadOnlyList<StoreWrite> writes)
    {
        var tables = state.CopyTables();
        var revision = state.Revision;
        var changes = new List<StoreEvent>(writes.Count);
        var outcomes = new List<WriteOutcome>(writes.Count);

        foreach (var write in writes)
        {
            ref var table = ref tables[StoreState.PositionOf(write.Kind)];
            var current = table.Find(write.Namespace, write.Name);

            if ((ConflictOf(write, current) ?? ConflictOf(write, tables)) is { } reason)
            {
                outcomes.Add(new(null, new StoreConflictException(reason, current)));
                continue;
            }

            var stored = Stamp(write, ++revision);
            var change = new StoreEvent(TypeOf(write.Operation), stored, current);
            table =
                change.Type == StoreEventType.Deleted ? table.Without(write.Namespace, write.Name) : table.With(stored);
            changes.Add(change);
            outcomes.Add(new(stored, null));
        }

        return new(new StoreState(revision, tables), changes, outcomes);
    }

    private static StoreConflictReason? ConflictOf(StoreWrite write, StoredObject? current) =>
        (write.Operation, current) switch
        {
            (StoreOperation.Create, not null) => StoreConflictReason.AlreadyExists,
            (StoreOperation.Create, null) => null,
            (_, null) => StoreConflictReason.NotFound,
            _ when write.ExpectedRevision is { } expected && expected != current.Revision =>
                StoreConflictReason.RevisionMismatch,
            _ => null,
        };

    /// <summary>No object is left in a namespace that is gone, whoever of those who write to it is first.</summary>
    private static StoreConflictReason? ConflictOf(StoreWrite write, ObjectTable[] tables) =>
        write switch
        {
            { NeedsNamespace: true, Namespace: { } ns } when Namespaces(tables).Find(null, ns) is null =>
                StoreConflictReason.NoNamespace,
            { Operation: StoreOperation.Delete } when ReferenceEquals(write.Kind, ResourceKinds.Namespaces) =>
                tables.Any(table => table.List(write.Name).Count > 0) ? StoreConflictReason.NotEmpty : null,
            _ => null,
        };

    private static ObjectTable Namespaces(ObjectTable[] tables) =>
        tables[StoreState.PositionOf(ResourceKinds.Namespaces)];

    private static StoreEventType TypeOf(StoreOperation operation) =>
        operation switch
        {
            StoreOperation.Create => StoreEventType.Added,
            StoreOperation.Update => StoreEventType.Modified,
            StoreOperation.Delete => StoreEventType.Deleted,
            _ => throw new InvalidOperationException($"No event for {operation}."),
        };

    private static StoredObject Stamp(StoreWrite write, long revision)
    {
        Span<byte> number = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, number, out var digits);
        var json = write.Json.Span;
        byte[] stamped =
        [
            .. json[..write.VersionOffset],
            .. "\"resourceVersion\":\""u8,
            .. number[..digits],
            .. "\","u8,
            .. json[write.VersionOffset..],
        ];
        return new(write.Kind, write.Namespace, write.Name, revision, stamped);
    }
}

/// <summary>What became of one write: the object it stored (or removed), or the conflict that stopped it.</summary>
internal readonly record struct WriteOutcome(StoredObject? Stored, StoreConflictException? Conflict);
