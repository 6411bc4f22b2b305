using Vireo.Api;

namespace Vireo.Controllers.GarbageCollection;

/// <summary>The one thing to do next with an object. The list is closed.</summary>
internal abstract record GarbageStep
{
    private GarbageStep() { }

    /// <summary>Nothing.</summary>
    public sealed record Keep : GarbageStep;

    /// <summary>All its owners are gone: delete it, and what belongs to it as it is itself deleted.</summary>
    public sealed record Remove(string Propagation) : GarbageStep;

    /// <summary>Some of its owners are gone: forget those.</summary>
    public sealed record Disown(IReadOnlyList<OwnerReference> Left) : GarbageStep;

    /// <summary>It is deleted in the foreground: delete these dependents first.</summary>
    public sealed record RemoveDependents(IReadOnlyList<GraphNode> Dependents) : GarbageStep;

    /// <summary>It is deleted and what belongs to it stays: take its name from these dependents.</summary>
    public sealed record OrphanDependents(IReadOnlyList<GraphNode> Dependents) : GarbageStep;

    /// <summary>Nothing holds it any more: remove this finalizer.</summary>
    public sealed record Release(string Finalizer) : GarbageStep;
}

/// <summary>Decides what the collector does with an object. Pure.</summary>
internal static class GarbagePlan
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    /// <summary>
    /// False when there is nothing to do for an object, by what was heard of it and of its owners so far; when true,
    /// the server must be asked before anything is done.
    /// </summary>
    /// <param name="metadata">The object as it was heard of.</param>
    /// <param name="find">An object that was heard of, by its uid.</param>
    public static bool IsConcern(ObjectMeta metadata, Func<string, ObjectMeta?> find) =>
        metadata.DeletionTimestamp is not null
            ? (metadata.Finalizers ?? []).Any(name => name is ForegroundFinalizer or OrphanFinalizer)
            : (metadata.OwnerReferences ?? []).Any(owner =>
                find(owner.Uid) is not { DeletionTimestamp: null } found || !MayOwn(found, metadata)
            );

    /// <summary>False when one object cannot own the other: it is in a namespace, and the other is not in it.</summary>
    public static bool MayOwn(ObjectMeta owner, ObjectMeta owned) =>
        owner.Namespace is null || owner.Namespace == owned.Namespace;

    /// <summary>Tells of an owner that is not, or cannot be, where it is looked for.</summary>
    public static string Misplaced(OwnerReference owner, ObjectMeta owned) =>
        $"ownerRef [{owner.ApiVersion}/{owner.Kind}, namespace: {owned.Namespace}, name: {owner.Name}, uid: {owner.Uid}] "
        + $"does not exist in namespace \"{owned.Namespace}\"";

    /// <param name="metadata">The object as the server has it.</param>
    /// <param name="dependents">What names it as an owner, as the server has it.</param>
    /// <param name="absentOwners">The uids of owners that were looked for on the server and are not there.</param>
    /// <param name="dyingOwners">The uids of owners that are deleted in the foreground and wait for their
    /// dependents.</param>
    public static GarbageStep Next(
        ObjectMeta metadata,
        IReadOnlyList<GraphNode> dependents,
        IReadOnlySet<string> absentOwners,
        IReadOnlySet<string> dyingOwners
    )
    {
        if (metadata.DeletionTimestamp is not null)
        {
            return OfDeleted(metadata, dependents);
        }

        var owners = metadata.OwnerReferences ?? [];
        if (owners.Count == 0)
        {
            return new GarbageStep.Keep();
        }

        var left = owners.Where(owner => !absentOwners.Contains(owner.Uid)).ToList();
        if (left.Count > 0 && left.All(owner => dyingOwners.Contains(owner.Uid)))
        {
            return new GarbageStep.Remove("Foreground");
        }

        return left.Count switch
        {
            0 => new GarbageStep.Remove("Background"),
            _ when left.Count < owners.Count => new GarbageStep.Disown(left),
            _ => new GarbageStep.Keep(),
        };
    }

    private static GarbageStep OfDeleted(ObjectMeta metadata, IReadOnlyList<GraphNode> dependents)
    {
        var finalizers = metadata.Finalizers ?? [];
        if (finalizers.Contains(OrphanFinalizer))
        {
            if (dependents.Count > 0)
            {
                return new GarbageStep.OrphanDependents(dependents);
            }

            // Whoever else holds it may make dependents until it lets go: they would be garbage once it is gone.
            return finalizers is [_] ? new GarbageStep.Release(OrphanFinalizer) : new GarbageStep.Keep();
        }

        if (!finalizers.Contains(ForegroundFinalizer))
        {
            return new GarbageStep.Keep();
        }

        var blocking = dependents.Where(dependent => Blocks(dependent, metadata.Uid!)).ToList();
        return blocking.Count > 0
            ? new GarbageStep.RemoveDependents(blocking)
            : new GarbageStep.Release(ForegroundFinalizer);
    }

    private static bool Blocks(GraphNode dependent, string uid) =>
        dependent.Metadata.OwnerReferences!.Any(owner => owner.Uid == uid && owner.BlockOwnerDeletion == true);
}
