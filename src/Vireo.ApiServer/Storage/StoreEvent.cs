namespace Vireo.ApiServer.Storage;

/// <summary>What happened to an object.</summary>
internal enum StoreEventType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change. <paramref name="Previous"/> is null for a new object.</summary>
internal sealed record StoreEvent(StoreEventType Type, StoredObject Object, StoredObject? Previous);

/// <summary>The changes after the revision asked for are no longer held, or the reader was too slow.</summary>
internal sealed class RevisionExpiredException(string message) : Exception(message);
