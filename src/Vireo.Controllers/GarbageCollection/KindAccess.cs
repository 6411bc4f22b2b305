using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>What the collector does with the objects of one kind, whichever it is.</summary>
internal abstract class KindAccess(ResourceKind kind)
{
    public ResourceKind Kind => kind;

    /// <summary>The object as the server has it now; null when there is none.</summary>
    public abstract Task<ObjectMeta?> FindAsync(ResourceKey key, CancellationToken ct);

    /// <summary>The objects that the server has now and that name an owner.</summary>
    public abstract Task<IReadOnlyList<GraphNode>> DependentsAsync(
        string? namespaceName,
        string owner,
        CancellationToken ct
    );

    /// <summary>Deletes exactly this object; nothing when it has changed since it was read, or is gone.</summary>
    public abstract Task DeleteAsync(ResourceKey key, ObjectMeta seen, string propagation, CancellationToken ct);

    /// <summary>Changes an object's metadata; nothing when it is gone.</summary>
    public abstract Task PatchAsync(ResourceKey key, JsonObject metadata, CancellationToken ct);

    /// <summary>Asks for the deletion of all objects in a namespace; those that are still there after it.</summary>
    public abstract Task<IReadOnlyList<ObjectMeta>> DeleteAllAsync(string namespaceName, CancellationToken ct);
}

/// <summary>The same for one kind, through the typed client.</summary>
internal sealed class KindAccess<T>(KubernetesClient client) : KindAccess(ResourceKinds.Of<T>())
    where T : class, IResource
{
    public override async Task<ObjectMeta?> FindAsync(ResourceKey key, CancellationToken ct) =>
        (await client.FindAsync<T>(key, ct))?.Metadata;

    public override async Task<IReadOnlyList<GraphNode>> DependentsAsync(
        string? namespaceName,
        string owner,
        CancellationToken ct
    )
    {
        var list = await client.ListAsync<T>(new ListQuery(namespaceName), ct);
        return
        [
            .. list
                .Items.Where(item => item.Metadata.OwnerReferences?.Any(one => one.Uid == owner) == true)
                .Select(item => new GraphNode(this, item.Metadata)),
        ];
    }

    public override Task DeleteAsync(ResourceKey key, ObjectMeta seen, string propagation, CancellationToken ct) =>
        client.DeleteAsync<T>(
            key,
            new DeleteOptions
            {
                PropagationPolicy = propagation,
                Preconditions = new Preconditions { Uid = seen.Uid, ResourceVersion = seen.ResourceVersion },
            },
            ct
        );

    public override async Task PatchAsync(ResourceKey key, JsonObject metadata, CancellationToken ct)
    {
        try
        {
            await client.PatchAsync<T>(key, Patch.Merge(new JsonObject { ["metadata"] = metadata }), ct);
        }
        catch (ApiException e) when (e.Reason is Reason.NotFound)
        {
            // Somebody else removed it first.
        }
    }

    public override async Task<IReadOnlyList<ObjectMeta>> DeleteAllAsync(string namespaceName, CancellationToken ct)
    {
        var found = await AllAsync(namespaceName, ct);
        var undeleted = found.Where(item => item.DeletionTimestamp is null).ToList();
        foreach (var item in undeleted)
        {
            await client.DeleteAsync<T>(new(item.Namespace, item.Name!), null, ct);
        }

        return undeleted.Count > 0 ? await AllAsync(namespaceName, ct) : found;
    }

    private async Task<IReadOnlyList<ObjectMeta>> AllAsync(string namespaceName, CancellationToken ct) =>
        [.. (await client.ListAsync<T>(new ListQuery(namespaceName), ct)).Items.Select(item => item.Metadata)];
}
