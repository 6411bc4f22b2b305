using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>What a write does.</summary>
internal enum StoreOperation
{
    Create,
    Update,
    Delete,
}

/// <summary>One write.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Kind">The kind of the object.</param>
/// <param name="Namespace">The namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
/// <param name="ExpectedRevision">The revision that must still be the newest of the object; null for any.</param>
/// <param name="Json">The object without resourceVersion; for a deletion its last state.</param>
/// <param name="VersionOffset">Where the store puts the resourceVersion: right after <c>"metadata":{</c>.</param>
internal sealed record StoreWrite(
    StoreOperation Operation,
    ResourceKind Kind,
    string? Namespace,
    string Name,
    long? ExpectedRevision,
    ReadOnlyMemory<byte> Json,
    int VersionOffset
);

/// <summary>Why a write was not done.</summary>
internal enum StoreConflictReason
{
    AlreadyExists,
    NotFound,
    RevisionMismatch,
}

/// <summary>The store does not hold what the write expects.</summary>
internal sealed class StoreConflictException(StoreConflictReason reason) : Exception(reason.ToString())
{
    public StoreConflictReason Reason { get; } = reason;
}
