namespace Vireo.ApiServer.Storage;

/// <summary>What happened to an object.</summary>
internal enum StoreEventType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change, shared by all who watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object afterwards; a deleted one's last state at the revision that deleted it.</param>
/// <param name="Previous">The object before; null for a new one.</param>
internal sealed record StoreEvent(StoreEventType Type, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}

/// <summary>
/// The changes that a watch asks for are not all held any more, or it read so slowly that they went by. List again,
/// and watch from there.
/// </summary>
/// <param name="asked">The revision after which changes were wanted.</param>
/// <param name="oldest">The earliest revision from which a watch can start now.</param>
internal sealed class RevisionExpiredException(long asked, long oldest)
    : Exception($"too old resource version: {asked} ({oldest})")
{
    /// <summary>The earliest revision from which a watch can start now.</summary>
    public long Oldest { get; } = oldest;
}
