using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.Access;

/// <summary>The controllers of who may come in and do what.</summary>
internal sealed class AccessControllers(
    KubernetesClient client,
    Informer<Namespace> namespaces,
    Informer<ServiceAccount> accounts,
    Informer<ClusterRole> roles,
    TimeProvider time,
    Func<string, ILogger> logger
)
{
    public IEnumerable<Controller> All() => [Accounts(), Roles()];

    private Controller Accounts()
    {
        var reconciler = new DefaultAccountReconciler(client, namespaces, accounts);
        var controller = new Controller("serviceaccounts", reconciler, time, logger("serviceaccounts"));
        controller.Watch(namespaces, space => [ResourceKey.Of(space)]);
        controller.Watch(accounts, DefaultAccountReconciler.NamespaceOf);
        return controller;
    }

    private Controller Roles()
    {
        var reconciler = new RoleAggregationReconciler(client, roles);
        var controller = new Controller("roles", reconciler, time, logger("roles"));
        controller.Watch(roles, _ => roles.All.Where(role => role.AggregationRule is not null).Select(ResourceKey.Of));
        return controller;
    }
}
