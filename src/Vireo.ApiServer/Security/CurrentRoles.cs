using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Security;

/// <summary>The roles and bindings as they are now: taken in anew when one has changed and is asked for.</summary>
internal sealed class CurrentRoles(ResourceStore store)
{
    private static readonly ResourceKind[] Kinds =
    [
        ResourceKinds.ClusterRoles,
        ResourceKinds.Roles,
        ResourceKinds.ClusterRoleBindings,
        ResourceKinds.RoleBindings,
    ];

    private volatile Known? _known;

    /// <summary>Who may do what now.</summary>
    public RoleIndex Now
    {
        get
        {
            if (_known is { } known && known.IsNow(store))
            {
                return known.Index;
            }

            // In this order: what changes meanwhile makes it be taken in again.
            var states = Array.ConvertAll(Kinds, store.StateOf);
            var index = new RoleIndex(store);
            _known = new Known(states, index);
            return index;
        }
    }

    private sealed record Known(object[] States, RoleIndex Index)
    {
        public bool IsNow(ResourceStore store)
        {
            for (var at = 0; at < Kinds.Length; at++)
            {
                if (!ReferenceEquals(States[at], store.StateOf(Kinds[at])))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
