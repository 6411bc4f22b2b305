using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>One object as the collector knows it: who it is and who owns it.</summary>
internal sealed record GraphNode(KindAccess Access, ObjectMeta Metadata)
{
    public ResourceKey Key => new(Metadata.Namespace, Metadata.Name!);
}

/// <summary>Who owns whom, over all kinds. Fed by informers, read by the collector.</summary>
internal sealed class OwnerGraph
{
    private readonly ConcurrentDictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _dependents = new(
        StringComparer.Ordinal
    );

    public GraphNode? Find(string uid) => _nodes.GetValueOrDefault(uid);

    /// <summary>The objects that name this one as an owner.</summary>
    public IReadOnlyList<GraphNode> DependentsOf(string uid) =>
        _dependents.TryGetValue(uid, out var uids) ? [.. uids.Keys.Select(Find).OfType<GraphNode>()] : [];

    /// <summary>Takes in an object's new state; returns the uids of those who should be looked at again.</summary>
    public IEnumerable<string> Observe(KindAccess access, ObjectMeta? before, ObjectMeta? after)
    {
        var concerned = new HashSet<string>(StringComparer.Ordinal);
        if (before?.Uid is { } old && before.Uid != after?.Uid)
        {
            _nodes.TryRemove(old, out _);
            concerned.UnionWith(DependentsOf(old).Select(node => node.Metadata.Uid!));
        }

        foreach (var owner in before?.OwnerReferences ?? [])
        {
            if (_dependents.TryGetValue(owner.Uid, out var uids))
            {
                uids.TryRemove(before!.Uid!, out _);
            }

            concerned.Add(owner.Uid);
        }

        if (after?.Uid is { } uid)
        {
            _nodes[uid] = new GraphNode(access, after);
            foreach (var owner in after.OwnerReferences ?? [])
            {
                _dependents.GetOrAdd(owner.Uid, _ => new(StringComparer.Ordinal))[uid] = 0;
            }

            concerned.Add(uid);
        }

        return concerned;
    }
}
