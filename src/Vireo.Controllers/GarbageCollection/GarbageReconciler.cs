using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>Removes what no owner holds any more, and carries out foreground and orphan deletion.</summary>
/// <remarks>
/// Its keys are uids. An owner that the graph does not know is looked for on the server before anything is removed: the
/// informers may not have it yet.
/// </remarks>
internal sealed class GarbageReconciler(OwnerGraph graph, IReadOnlyList<KindAccess> kinds, ILogger logger) : IReconciler
{
    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (graph.Find(key.Name) is not { } node)
        {
            return Outcome.Settled;
        }

        var absent = await AbsentOwnersAsync(node.Metadata, ct);
        var step = GarbagePlan.Next(node.Metadata, graph.DependentsOf(key.Name), absent, DyingOwners(node.Metadata));
        switch (step)
        {
            case GarbageStep.Remove remove:
                await node.Access.DeleteAsync(node.Key, key.Name, remove.Propagation, ct);
                logger.GarbageRemoved(node.Access.Kind.Plural, node.Key);
                break;
            case GarbageStep.Disown disown:
                await PatchOwnersAsync(node, disown.Left, ct);
                break;
            case GarbageStep.RemoveDependents remove:
                foreach (var dependent in remove.Dependents.Where(d => d.Metadata.DeletionTimestamp is null))
                {
                    await dependent.Access.DeleteAsync(dependent.Key, dependent.Metadata.Uid!, "Foreground", ct);
                }

                return new Outcome.Waiting("its dependents to go", TimeSpan.FromSeconds(5));
            case GarbageStep.OrphanDependents orphan:
                foreach (var dependent in orphan.Dependents)
                {
                    var left = dependent.Metadata.OwnerReferences!.Where(owner => owner.Uid != key.Name);
                    await PatchOwnersAsync(dependent, [.. left], ct);
                }

                return new Outcome.Waiting("its dependents to be let go", TimeSpan.FromSeconds(5));
            case GarbageStep.Release release:
                await ReleaseAsync(node, release.Finalizer, ct);
                break;
            default:
                break;
        }

        return Outcome.Settled;
    }

    private async Task<HashSet<string>> AbsentOwnersAsync(ObjectMeta metadata, CancellationToken ct)
    {
        var absent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var owner in metadata.OwnerReferences ?? [])
        {
            if (graph.Find(owner.Uid) is null && await IsAbsentAsync(metadata.Namespace, owner, ct))
            {
                absent.Add(owner.Uid);
            }
        }

        return absent;
    }

    private async Task<bool> IsAbsentAsync(string? namespaceName, OwnerReference owner, CancellationToken ct)
    {
        var access = kinds.FirstOrDefault(kind =>
            kind.Kind.ApiVersion == owner.ApiVersion && kind.Kind.Kind == owner.Kind
        );
        if (access is null)
        {
            // A kind that is not served here: nobody can tell, so nothing is removed.
            return false;
        }

        var found = await access.FindAsync(
            new ResourceKey(access.Kind.IsNamespaced ? namespaceName : null, owner.Name),
            ct
        );
        return found?.Uid != owner.Uid;
    }

    private HashSet<string> DyingOwners(ObjectMeta metadata) =>
        (metadata.OwnerReferences ?? [])
            .Where(owner =>
                graph.Find(owner.Uid)?.Metadata is { DeletionTimestamp: not null } dying
                && dying.Finalizers?.Contains(GarbagePlan.ForegroundFinalizer) == true
            )
            .Select(owner => owner.Uid)
            .ToHashSet(StringComparer.Ordinal);

    private static Task PatchOwnersAsync(GraphNode node, IReadOnlyList<OwnerReference> owners, CancellationToken ct) =>
        node.Access.PatchAsync(
            node.Key,
            new JsonObject
            {
                ["uid"] = node.Metadata.Uid,
                ["resourceVersion"] = node.Metadata.ResourceVersion,
                ["ownerReferences"] = new JsonArray([.. owners.Select(ToJson)]),
            },
            ct
        );

    private static JsonNode ToJson(OwnerReference owner) =>
        System.Text.Json.JsonSerializer.SerializeToNode(owner, ApiJson.Default.OwnerReference)!;

    private static Task ReleaseAsync(GraphNode node, string finalizer, CancellationToken ct) =>
        node.Access.PatchAsync(
            node.Key,
            new JsonObject
            {
                ["resourceVersion"] = node.Metadata.ResourceVersion,
                ["finalizers"] = new JsonArray([
                    .. node.Metadata.Finalizers!.Where(name => name != finalizer).Select(name => (JsonNode)name),
                ]),
            },
            ct
        );
}
