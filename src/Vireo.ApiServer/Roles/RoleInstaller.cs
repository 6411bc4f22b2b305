using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.Acting;
using Vireo.ApiServer.Hosting;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Roles;

/// <summary>Sees at each start that the roles and bindings which every cluster has are there.</summary>
internal sealed class RoleInstaller(ResourceStore store, LocalRequests requests)
{
    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll([
            .. BootstrapRoles.All.Select(role => InstallAsync(ResourceKinds.ClusterRoles, role, RolePlan.Complete, ct)),
            .. BootstrapBindings.All.Select(binding =>
                InstallAsync(ResourceKinds.ClusterRoleBindings, binding, RolePlan.Complete, ct)
            ),
        ]);

    private async Task InstallAsync<T>(ResourceKind<T> kind, T ours, Func<T, T, T?> complete, CancellationToken ct)
        where T : class, IResource
    {
        var path = $"{kind.GroupPath}/{kind.Plural}";
        if (store.Find<T>(null, ours.Metadata.Name!)?.Object is not { } present)
        {
            await requests.SendAsync(HttpMethod.Post, path, Json(kind, ours), ct);
        }
        else if (complete(ours, present) is { } whole)
        {
            await requests.SendAsync(HttpMethod.Put, $"{path}/{ours.Metadata.Name}", Json(kind, whole), ct);
        }
    }

    private static JsonObject Json<T>(ResourceKind<T> kind, T resource)
        where T : class, IResource => JsonSerializer.SerializeToNode(resource, kind.JsonType)!.AsObject();
}
