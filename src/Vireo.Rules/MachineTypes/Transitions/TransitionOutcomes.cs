using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Counts what came of machines, and lists those that matter.</summary>
public static class TransitionOutcomes
{
    // Those that need somebody come first.
    private static readonly string[] Urgency =
    [
        "Failed",
        "Refused",
        "RestartRequired",
        "Restarting",
        "Waiting",
        "Updated",
        "Unchanged",
    ];

    /// <summary>How many machines came to what.</summary>
    public static MachineTypeTransitionCounts Count(IEnumerable<MachineTypeOutcome> outcomes)
    {
        var counts = outcomes.CountBy(outcome => outcome.Outcome).ToDictionary(StringComparer.Ordinal);
        return new()
        {
            Selected = counts.Values.Sum(),
            Waiting = counts.GetValueOrDefault("Waiting"),
            Updated = counts.GetValueOrDefault("Updated"),
            RestartRequired = counts.GetValueOrDefault("RestartRequired"),
            Restarting = counts.GetValueOrDefault("Restarting"),
            Unchanged = counts.GetValueOrDefault("Unchanged"),
            Refused = counts.GetValueOrDefault("Refused"),
            Failed = counts.GetValueOrDefault("Failed"),
        };
    }

    /// <summary>The outcomes to list, those that need somebody first, and how many are left out.</summary>
    public static (IReadOnlyList<MachineTypeOutcome> Listed, int Omitted) Bound(
        IReadOnlyCollection<MachineTypeOutcome> outcomes,
        int most = TransitionDefaults.OutcomesListed
    ) => ([.. outcomes.Order(ByUrgency).Take(most)], Math.Max(0, outcomes.Count - most));

    /// <summary>Those that need somebody first; then by namespace and name.</summary>
    public static IComparer<MachineTypeOutcome> ByUrgency { get; } =
        Comparer<MachineTypeOutcome>.Create(
            (left, right) =>
            {
                var order = Rank(left).CompareTo(Rank(right));
                order = order != 0 ? order : string.CompareOrdinal(left.Namespace, right.Namespace);
                return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
            }
        );

    /// <summary>The phase of a transition that has begun.</summary>
    /// <param name="spec">The transition's.</param>
    /// <param name="counts">What came of its machines so far.</param>
    public static string PhaseOf(MachineTypeTransitionSpec spec, MachineTypeTransitionCounts counts) =>
        spec.Cancelled == true ? "Cancelled"
        : spec.Limits?.MaxFailures is { } most && counts.Failed >= most ? "Failed"
        : spec.DryRun == true ? "Completed"
        : spec.Paused == true && counts.Waiting > 0 ? "Paused"
        : counts.Waiting > 0 || counts.Restarting > 0 ? "Running"
        : counts.RestartRequired > 0 ? "AwaitingRestarts"
        : counts.Failed > 0 ? "Failed"
        : "Completed";

    private static int Rank(MachineTypeOutcome outcome) =>
        Array.IndexOf(Urgency, outcome.Outcome) is var at && at < 0 ? Urgency.Length : at;
}
