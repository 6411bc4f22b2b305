using Vireo.Api;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>How far a run is.</summary>
/// <param name="Counts">How many machines came to what, so far.</param>
/// <param name="Latest">What came of one more machine; null when this tells of none.</param>
/// <param name="WaitsFor">What the run waits for, for a person; null while it works.</param>
public sealed record TransitionRunProgress(
    MachineTypeTransitionCounts Counts,
    MachineTypeOutcome? Latest,
    string? WaitsFor
);

/// <summary>What a run came to.</summary>
public sealed record TransitionRunResult
{
    /// <summary>
    /// Completed; AwaitingRestarts when only restarts of the machines' owners are missing; Failed when it could not
    /// begin, gave up, or could not move some machines.
    /// </summary>
    public required string Phase { get; init; }

    /// <summary>Why, for a person.</summary>
    public required string Message { get; init; }

    /// <summary>The steps as they were found at its begin: newest has become a name.</summary>
    public IReadOnlyList<MachineTypeStep> Steps { get; init; } = [];

    /// <summary>How many machines came to what.</summary>
    public MachineTypeTransitionCounts Counts { get; init; } = new();

    /// <summary>
    /// What came of machines, the ones that need somebody first; not all when there are many. Each was told to the
    /// progress sink when it was known.
    /// </summary>
    public IReadOnlyList<MachineTypeOutcome> Outcomes { get; init; } = [];

    /// <summary>How many outcomes are left out above.</summary>
    public int OutcomesOmitted { get; init; }
}
