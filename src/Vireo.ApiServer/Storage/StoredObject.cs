using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>One object at one revision, as it is served.</summary>
/// <param name="Kind">The kind of the object.</param>
/// <param name="Namespace">The namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Revision">The revision at which the object was last written.</param>
/// <param name="Json">The complete object, resourceVersion included, in UTF-8.</param>
internal sealed record StoredObject(
    ResourceKind Kind,
    string? Namespace,
    string Name,
    long Revision,
    ReadOnlyMemory<byte> Json
);

/// <summary>Objects as they were at one revision, sorted by namespace and name.</summary>
internal sealed record StoreList(long Revision, IReadOnlyList<StoredObject> Items);
