namespace Vireo.ApiServer.Storage;

/// <summary>
/// The objects of one kind, sorted by namespace and name. Immutable, and cheap to make the next one of.
/// </summary>
/// <remarks>
/// An array of short sorted arrays. A change copies one short array and the array of them, about 1 KB and n/100
/// references: less than a balanced tree allocates, with 8 bytes an object instead of a node, and a list is copied
/// out in blocks.
/// </remarks>
internal sealed class ObjectTable
{
    private const int MostInChunk = 128;

    private readonly StoredObject[][] _chunks;
    private StoredObject[]? _all;

    private ObjectTable(StoredObject[][] chunks, int count) => (_chunks, Count) = (chunks, count);

    public static ObjectTable Empty { get; } = new([], 0);

    public int Count { get; }

    /// <summary>A table of many objects at once, each a different one.</summary>
    public static ObjectTable Of(IEnumerable<StoredObject> items)
    {
        var sorted = items.ToArray();
        Array.Sort(sorted, (a, b) => Compare(a, b.Namespace, b.Name));
        return new([.. sorted.Chunk(MostInChunk)], sorted.Length);
    }

    public StoredObject? Find(string? ns, string name)
    {
        var (chunk, index) = Locate(ns, name);
        return index >= 0 ? _chunks[chunk][index] : null;
    }

    /// <summary>The table with an object added, or in the place of an earlier state of it.</summary>
    public ObjectTable With(StoredObject item)
    {
        if (Count == 0)
        {
            return new(
                [
                    [item],
                ],
                1
            );
        }

        var (at, index) = Locate(item.Namespace, item.Name);
        var chunk = _chunks[at];

        if (index >= 0)
        {
            var changed = (StoredObject[])chunk.Clone();
            changed[index] = item;
            return new(Replace(at, changed), Count);
        }

        StoredObject[] longer = [.. chunk.AsSpan(0, ~index), item, .. chunk.AsSpan(~index)];

        if (longer.Length <= MostInChunk)
        {
            return new(Replace(at, longer), Count + 1);
        }

        // Names that count up arrive at the end: leave what is before them full.
        var isAtEnd = at == _chunks.Length - 1 && ~index == chunk.Length;
        var split = isAtEnd ? MostInChunk : longer.Length / 2;
        return new(Replace(at, longer[..split], longer[split..]), Count + 1);
    }

    /// <summary>The table without an object; the same table if it is not there.</summary>
    public ObjectTable Without(string? ns, string name)
    {
        var (at, index) = Locate(ns, name);

        if (index < 0)
        {
            return this;
        }

        var chunk = _chunks[at];
        StoredObject[] shorter = [.. chunk.AsSpan(0, index), .. chunk.AsSpan(index + 1)];

        if (at + 1 < _chunks.Length && shorter.Length + _chunks[at + 1].Length <= MostInChunk / 2)
        {
            StoredObject[] joined = [.. shorter, .. _chunks[at + 1]];
            return new([.. _chunks.AsSpan(0, at), joined, .. _chunks.AsSpan(at + 2)], Count - 1);
        }

        return new(shorter.Length == 0 ? Replace(at) : Replace(at, shorter), Count - 1);
    }

    /// <summary>The objects in a namespace, or all of them for null. The array behind it is made once.</summary>
    public IReadOnlyList<StoredObject> List(string? ns)
    {
        var all = _all ??= [.. _chunks.SelectMany(chunk => chunk)];

        if (ns is null)
        {
            return all;
        }

        var start = FirstNotBefore(all, ns, isAfter: false);
        return new ArraySegment<StoredObject>(all, start, FirstNotBefore(all, ns, isAfter: true) - start);
    }

    private static int FirstNotBefore(StoredObject[] sorted, string ns, bool isAfter)
    {
        var (low, high) = (0, sorted.Length);

        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(sorted[middle].Namespace, ns);
            (low, high) = order < 0 || (isAfter && order == 0) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The order of objects: less than 0 when one stands before the place of a name.</summary>
    public static int Compare(StoredObject item, string? ns, string name)
    {
        var order = string.CompareOrdinal(item.Namespace, ns);
        return order != 0 ? order : string.CompareOrdinal(item.Name, name);
    }

    /// <summary>
    /// The chunk in which the object is or belongs, and its index there (its complement if it is not).
    /// </summary>
    private (int Chunk, int Index) Locate(string? ns, string name)
    {
        var (low, high) = (0, _chunks.Length);

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Compare(_chunks[middle][0], ns, name) <= 0 ? (middle + 1, high) : (low, middle);
        }

        var at = Math.Max(low - 1, 0);
        (low, high) = (0, Count == 0 ? 0 : _chunks[at].Length);

        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = Compare(_chunks[at][middle], ns, name);

            if (order == 0)
            {
                return (at, middle);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return (at, ~low);
    }

    private StoredObject[][] Replace(int at, params ReadOnlySpan<StoredObject[]> chunks) =>
        [.. _chunks.AsSpan(0, at), .. chunks, .. _chunks.AsSpan(at + 1)];
}
