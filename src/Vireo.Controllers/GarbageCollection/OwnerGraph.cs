using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>One object as the collector knows it: who it is and who owns it.</summary>
internal sealed record GraphNode(KindAccess Access, ObjectMeta Metadata)
{
    public ResourceKey Key => new(Metadata.Namespace, Metadata.Name!);

    public ObjectReference Reference =>
        new()
        {
            ApiVersion = Access.Kind.ApiVersion,
            Kind = Access.Kind.Kind,
            Namespace = Metadata.Namespace,
            Name = Metadata.Name,
            Uid = Metadata.Uid,
        };
}

/// <summary>Who owns whom, over all kinds. Fed by informers, read by the collector.</summary>
internal sealed class OwnerGraph
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);

    public GraphNode? Find(string uid)
    {
        lock (_gate)
        {
            return _nodes.GetValueOrDefault(uid);
        }
    }

    /// <summary>The objects that name this one as an owner.</summary>
    public IReadOnlyList<GraphNode> DependentsOf(string uid)
    {
        lock (_gate)
        {
            return _dependents.TryGetValue(uid, out var uids)
                ? [.. uids.Select(_nodes.GetValueOrDefault).OfType<GraphNode>()]
                : [];
        }
    }

    /// <summary>Takes in an object's new state; returns the uids of those who should be looked at again.</summary>
    public IEnumerable<string> Observe(KindAccess access, ObjectMeta? before, ObjectMeta? after)
    {
        var concerned = new HashSet<string>(StringComparer.Ordinal);
        lock (_gate)
        {
            if (before?.Uid is { } old)
            {
                ForgetLocked(old, before.OwnerReferences ?? [], concerned);
                if (old != after?.Uid)
                {
                    concerned.UnionWith(_dependents.GetValueOrDefault(old) ?? []);
                }
            }

            if (after?.Uid is { } uid)
            {
                _nodes[uid] = new GraphNode(access, after);
                foreach (var owner in after.OwnerReferences ?? [])
                {
                    DependentsLocked(owner.Uid).Add(uid);
                }

                concerned.Add(uid);
            }
        }

        return concerned;
    }

    private void ForgetLocked(string uid, IEnumerable<OwnerReference> owners, HashSet<string> concerned)
    {
        _nodes.Remove(uid);
        foreach (var owner in owners)
        {
            concerned.Add(owner.Uid);
            if (_dependents.TryGetValue(owner.Uid, out var uids) && uids.Remove(uid) && uids.Count == 0)
            {
                _dependents.Remove(owner.Uid);
            }
        }
    }

    private HashSet<string> DependentsLocked(string uid)
    {
        if (!_dependents.TryGetValue(uid, out var uids))
        {
            _dependents[uid] = uids = new(StringComparer.Ordinal);
        }

        return uids;
    }
}
