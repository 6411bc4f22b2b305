using System.Collections.Immutable;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>
/// All objects of an informer at one moment, by key and by index. Never changes: a change makes another.
/// </summary>
internal sealed class ObjectCache<T>
    where T : class, IResource
{
    private readonly IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> _indexes;
    private readonly ImmutableDictionary<ResourceKey, T> _objects;
    private readonly ImmutableDictionary<(string Index, string Value), ImmutableDictionary<ResourceKey, T>> _byIndex;

    private ObjectCache(
        IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes,
        ImmutableDictionary<ResourceKey, T> objects,
        ImmutableDictionary<(string Index, string Value), ImmutableDictionary<ResourceKey, T>> byIndex
    ) => (_indexes, _objects, _byIndex) = (indexes, objects, byIndex);

    public static ObjectCache<T> Of(
        IEnumerable<T> objects,
        IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes
    )
    {
        var byKey = objects.ToImmutableDictionary(ResourceKey.Of, resource => resource);
        var entries =
            from index in indexes
            from pair in byKey
            from value in index.Value(pair.Value).Distinct(StringComparer.Ordinal)
            group pair by (index.Key, value);
        return new(
            indexes,
            byKey,
            entries.ToImmutableDictionary(entry => entry.Key, entry => ImmutableDictionary.CreateRange(entry))
        );
    }

    public IEnumerable<T> All => _objects.Values;

    public T? Find(ResourceKey key) => _objects.GetValueOrDefault(key);

    public IReadOnlyList<T> ByIndex(string name, string value) =>
        _indexes.ContainsKey(name)
            ? _byIndex.TryGetValue((name, value), out var found)
                ? [.. found.Values]
                : []
            : throw new ArgumentException($"There is no index '{name}'.", nameof(name));

    public ObjectCache<T> With(T resource)
    {
        var key = ResourceKey.Of(resource);
        var without = Without(key);
        var byIndex = without._byIndex;
        foreach (var entry in Entries(resource))
        {
            var others = byIndex.GetValueOrDefault(entry) ?? ImmutableDictionary<ResourceKey, T>.Empty;
            byIndex = byIndex.SetItem(entry, others.SetItem(key, resource));
        }

        return new(_indexes, without._objects.SetItem(key, resource), byIndex);
    }

    public ObjectCache<T> Without(ResourceKey key)
    {
        if (!_objects.TryGetValue(key, out var old))
        {
            return this;
        }

        var byIndex = _byIndex;
        foreach (var entry in Entries(old))
        {
            if (byIndex.TryGetValue(entry, out var others))
            {
                var rest = others.Remove(key);
                byIndex = rest.IsEmpty ? byIndex.Remove(entry) : byIndex.SetItem(entry, rest);
            }
        }

        return new(_indexes, _objects.Remove(key), byIndex);
    }

    private IEnumerable<(string Index, string Value)> Entries(T resource) =>
        _indexes.SelectMany(index => index.Value(resource).Select(value => (index.Key, value)));
}
