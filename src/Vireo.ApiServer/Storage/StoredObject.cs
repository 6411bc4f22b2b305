using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>One object at one revision, as it is served. Immutable: every reader shares the one instance.</summary>
/// <param name="Kind">The kind of the object.</param>
/// <param name="Namespace">The namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Revision">The revision that wrote it; for a deleted object, the one that deleted it.</param>
/// <param name="Json">The complete object in UTF-8, metadata.resourceVersion included.</param>
internal sealed record StoredObject(
    ResourceKind Kind,
    string? Namespace,
    string Name,
    long Revision,
    ReadOnlyMemory<byte> Json
);

/// <summary>Objects as they were at one moment, sorted by namespace and name (ordinal).</summary>
/// <param name="Revision">The revision of the whole store at that moment: a watch after it misses nothing.</param>
/// <param name="Items">The objects.</param>
internal sealed record StoreList(long Revision, IReadOnlyList<StoredObject> Items);
