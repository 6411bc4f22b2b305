using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Keeps two transitions from moving the same machine: the one that was made first goes first.</summary>
public static class TransitionOverlap
{
    /// <summary>The earlier transition to wait for; null when there is none.</summary>
    /// <remarks>
    /// They overlap unless their namespaces or labels show that they cannot. States and types change while they work,
    /// so they show nothing. A rollback reaches no further than what it rolls back. A dry run touches nothing, and
    /// neither waits nor is waited for.
    /// </remarks>
    public static MachineTypeTransition? Blocking(
        MachineTypeTransition transition,
        IEnumerable<MachineTypeTransition> others
    )
    {
        var all = others.ToArray();
        return transition.Spec.DryRun == true
            ? null
            : all.Where(other =>
                    other.Metadata.Uid != transition.Metadata.Uid
                    && other.Spec.DryRun != true
                    && !HasEnded(other)
                    && IsEarlier(other, transition)
                    && MayOverlap(ReachOf(other.Spec, all), ReachOf(transition.Spec, all))
                )
                .Aggregate(
                    (MachineTypeTransition?)null,
                    (first, other) => first is null || IsEarlier(other, first) ? other : first
                );
    }

    /// <summary>True when nothing more comes of a transition.</summary>
    public static bool HasEnded(MachineTypeTransition transition) =>
        transition.Metadata.DeletionTimestamp is not null
        || transition.Status?.Phase is "Completed" or "Failed" or "Cancelled";

    /// <summary>True when some machine may be selected by both.</summary>
    public static bool MayOverlap(MachineTypeTransitionSpec left, MachineTypeTransitionSpec right) =>
        (
            left.Namespaces is null or []
            || right.Namespaces is null or []
            || left.Namespaces.Intersect(right.Namespaces, StringComparer.Ordinal).Any()
        ) && !AreDisjoint(left.Selector?.MatchLabels, right.Selector?.MatchLabels);

    private static MachineTypeTransitionSpec ReachOf(MachineTypeTransitionSpec spec, MachineTypeTransition[] all) =>
        spec is { RollbackOf.Length: > 0, Namespaces: null or [] }
        && Array.Find(all, other => other.Metadata.Name == spec.RollbackOf) is { } earlier
            ? spec with
            {
                Namespaces = earlier.Spec.Namespaces,
            }
            : spec;

    private static bool AreDisjoint(
        IReadOnlyDictionary<string, string>? left,
        IReadOnlyDictionary<string, string>? right
    ) =>
        (left ?? new Dictionary<string, string>()).Any(label =>
            right?.TryGetValue(label.Key, out var value) == true && value != label.Value
        );

    private static bool IsEarlier(MachineTypeTransition left, MachineTypeTransition right)
    {
        // Times of creation are whole seconds: what has begun is not overtaken by one that only sorts before it.
        var (hasBegun, isBehind) = (left.Status?.StartedAt is not null, right.Status?.StartedAt is null);
        if (hasBegun == isBehind)
        {
            return hasBegun;
        }

        var order = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        return order < 0 || (order == 0 && string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name) < 0);
    }
}
