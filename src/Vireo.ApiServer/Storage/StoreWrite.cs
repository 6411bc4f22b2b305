using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>What a write does.</summary>
internal enum StoreOperation
{
    Create,
    Update,
    Delete,
}

/// <summary>One write of one object.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Kind">The kind of the object: one of <see cref="ResourceKinds.All"/>.</param>
/// <param name="Namespace">The namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
/// <param name="ExpectedRevision">The revision the object must still have; null for any. A create has none.</param>
/// <param name="Json">
/// The object without metadata.resourceVersion, which only the store knows; for a deletion its last state. Read until
/// the write completes.
/// </param>
/// <param name="VersionOffset">
/// The byte right after <c>"metadata":{</c>, where the store puts <c>"resourceVersion":"N",</c>. Another field follows.
/// </param>
internal sealed record StoreWrite(
    StoreOperation Operation,
    ResourceKind Kind,
    string? Namespace,
    string Name,
    long? ExpectedRevision,
    ReadOnlyMemory<byte> Json,
    int VersionOffset
)
{
    /// <summary>True for a create that is not to be done when its namespace is gone by then.</summary>
    public bool NeedsNamespace { get; init; }
}

/// <summary>Why the store does not hold what a write expects.</summary>
internal enum StoreConflictReason
{
    AlreadyExists,
    NotFound,
    RevisionMismatch,

    /// <summary>The namespace that the object was to be in is gone.</summary>
    NoNamespace,

    /// <summary>A namespace that was to go has objects in it.</summary>
    NotEmpty,
}

/// <summary>
/// The write was not done, because the store does not hold what it expects. An answer, not a failure.
/// </summary>
internal sealed class StoreConflictException(StoreConflictReason reason, StoredObject? current)
    : Exception($"The object is not as the write expects it: {reason}.")
{
    public StoreConflictReason Reason { get; } = reason;

    /// <summary>The object that is there, null for NotFound.</summary>
    public StoredObject? Current { get; } = current;
}
