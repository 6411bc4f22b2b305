using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>Removes what no owner holds any more, and carries out foreground and orphan deletion.</summary>
/// <remarks>
/// Its keys are uids. What was heard says only where to look: the informers of two kinds are not at the same moment, so
/// one may tell that an owner is gone while another still shows a dependent that was let go before. Before anything is
/// done, the object, its owners and its dependents are read from the server, and only the very state that was read is
/// deleted.
/// </remarks>
internal sealed class GarbageReconciler(
    OwnerGraph graph,
    IReadOnlyList<KindAccess> kinds,
    EventRecorder recorder,
    ILogger logger
) : IReconciler
{
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(5);

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        if (
            graph.Find(key.Name) is not { } heard
            || !GarbagePlan.IsConcern(heard.Metadata, uid => graph.Find(uid)?.Metadata)
            || await heard.Access.FindAsync(heard.Key, ct) is not { } metadata
            || metadata.Uid != key.Name
        )
        {
            return Outcome.Settled;
        }

        var node = heard with { Metadata = metadata };
        var dependents = metadata.DeletionTimestamp is null ? [] : await DependentsAsync(metadata, ct);
        var (absent, dying, misplaced) = await OwnersAsync(metadata, ct);
        foreach (var owner in misplaced)
        {
            var message = GarbagePlan.Misplaced(owner, metadata);
            await recorder.RecordAsync(node.Reference, "Warning", "OwnerRefInvalidNamespace", message, ct);
        }

        switch (GarbagePlan.Next(metadata, dependents, absent, dying))
        {
            case GarbageStep.Remove remove:
                await node.Access.DeleteAsync(node.Key, metadata, remove.Propagation, ct);
                logger.GarbageRemoved(node.Access.Kind.Plural, node.Key);
                break;
            case GarbageStep.Disown disown:
                await PatchOwnersAsync(node, disown.Left, ct);
                break;
            case GarbageStep.RemoveDependents remove:
                foreach (var dependent in remove.Dependents.Where(d => d.Metadata.DeletionTimestamp is null))
                {
                    await dependent.Access.DeleteAsync(dependent.Key, dependent.Metadata, "Foreground", ct);
                }

                return new Outcome.Waiting("its dependents to go", RecheckAfter);
            case GarbageStep.OrphanDependents orphan:
                foreach (var dependent in orphan.Dependents)
                {
                    var left = dependent.Metadata.OwnerReferences!.Where(owner => owner.Uid != key.Name);
                    await PatchOwnersAsync(dependent, [.. left], ct);
                }

                return Outcome.Progressed;
            case GarbageStep.Release release:
                await ReleaseAsync(node, release.Finalizer, ct);
                break;
            default:
                break;
        }

        return Outcome.Settled;
    }

    private async Task<IReadOnlyList<GraphNode>> DependentsAsync(ObjectMeta owner, CancellationToken ct)
    {
        var found = new List<GraphNode>();
        foreach (var kind in kinds.Where(kind => owner.Namespace is null || kind.Kind.IsNamespaced))
        {
            found.AddRange(await kind.DependentsAsync(owner.Namespace, owner.Uid!, ct));
        }

        return found;
    }

    /// <summary>What became of an object's owners.</summary>
    /// <param name="Absent">The uids of those that are gone.</param>
    /// <param name="Dying">The uids of those that wait for their dependents to go.</param>
    /// <param name="Misplaced">
    /// Those in another namespace, which count as gone, and those of which nobody can tell in which they are.
    /// </param>
    private sealed record Owners(HashSet<string> Absent, HashSet<string> Dying, List<OwnerReference> Misplaced);

    private async Task<Owners> OwnersAsync(ObjectMeta metadata, CancellationToken ct)
    {
        var owners = new Owners(new(StringComparer.Ordinal), new(StringComparer.Ordinal), []);
        foreach (var owner in metadata.OwnerReferences ?? [])
        {
            var access = kinds.FirstOrDefault(kind =>
                kind.Kind.ApiVersion == owner.ApiVersion && kind.Kind.Kind == owner.Kind
            );
            if (access is null)
            {
                // A kind that is not served here: nobody can tell, so nothing is removed.
                continue;
            }

            if (access.Kind.IsNamespaced && metadata.Namespace is null)
            {
                owners.Misplaced.Add(owner);
                continue;
            }

            var key = new ResourceKey(access.Kind.IsNamespaced ? metadata.Namespace : null, owner.Name);
            var found = await access.FindAsync(key, ct);
            if (found?.Uid != owner.Uid)
            {
                owners.Absent.Add(owner.Uid);
                if (graph.Find(owner.Uid) is { } other && !GarbagePlan.MayOwn(other.Metadata, metadata))
                {
                    owners.Misplaced.Add(owner);
                }
            }
            else if (
                found.DeletionTimestamp is not null
                && found.Finalizers?.Contains(GarbagePlan.ForegroundFinalizer) == true
            )
            {
                owners.Dying.Add(owner.Uid);
            }
        }

        return owners;
    }

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
