using System.Collections.Frozen;
using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>All that is stored, as of one revision. Readers take the newest one and need no lock.</summary>
internal sealed class StoreState
{
    /// <summary>
    /// The revision of a store that was never written to. Not 0: to clients that means "whatever there is".
    /// </summary>
    public const long FirstRevision = 1;

    private static readonly FrozenDictionary<ResourceKind, int> Positions = ResourceKinds
        .All.Select((kind, position) => KeyValuePair.Create(kind, position))
        .ToFrozenDictionary(ReferenceEqualityComparer.Instance);

    private readonly ObjectTable[] _tables;

    public StoreState(long revision, ObjectTable[] tables) => (Revision, _tables) = (revision, tables);

    public long Revision { get; }

    public ObjectTable this[ResourceKind kind] => _tables[PositionOf(kind)];

    /// <summary>Where a kind is in <see cref="ResourceKinds.All"/>. Kinds are compared as references.</summary>
    public static int PositionOf(ResourceKind kind) =>
        Positions.TryGetValue(kind, out var position)
            ? position
            : throw new ArgumentException($"{kind.GroupResource} is not in {nameof(ResourceKinds)}.", nameof(kind));

    public ObjectTable[] CopyTables() => [.. _tables];
}
