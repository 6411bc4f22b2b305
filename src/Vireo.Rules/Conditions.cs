using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Sets and removes conditions so that times change only when states do.</summary>
public static class Conditions
{
    /// <summary>The condition of a type; null when there is none.</summary>
    public static Condition? Find(IReadOnlyList<Condition>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>True when the condition is there and True.</summary>
    public static bool IsTrue(IReadOnlyList<Condition>? conditions, string type) =>
        Find(conditions, type)?.Status == "True";

    /// <summary>The list with a condition as it is now. Its time of transition stays while its status stays.</summary>
    public static IReadOnlyList<Condition> Set(
        IReadOnlyList<Condition>? conditions,
        Condition condition,
        DateTimeOffset now
    )
    {
        var present = Find(conditions, condition.Type);
        var next = condition with
        {
            LastTransitionTime =
                present?.Status == condition.Status
                    ? present.LastTransitionTime ?? condition.LastTransitionTime ?? now
                    : condition.LastTransitionTime ?? now,
        };
        return present is null
            ? [.. conditions ?? [], next]
            : [.. conditions!.Select(other => other.Type == condition.Type ? next : other)];
    }

    /// <summary>
    /// The list as it was found for a generation, but for the condition of a type that nobody looked at.
    /// </summary>
    /// <param name="conditions">The conditions.</param>
    /// <param name="generation">The object's generation; null when it has none.</param>
    /// <param name="unseen">The type of the condition that is from before; null when all are of now.</param>
    public static IReadOnlyList<Condition> FoundFor(
        IReadOnlyList<Condition> conditions,
        long? generation,
        string? unseen = null
    ) =>
        [
            .. conditions.Select(condition =>
                condition.Type == unseen ? condition : condition with { ObservedGeneration = generation }
            ),
        ];

    /// <summary>The list without the condition of a type.</summary>
    public static IReadOnlyList<Condition> Remove(IReadOnlyList<Condition>? conditions, string type) =>
        [.. (conditions ?? []).Where(condition => condition.Type != type)];
}
