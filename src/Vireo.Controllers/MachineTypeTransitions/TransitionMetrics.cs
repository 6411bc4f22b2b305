using System.Diagnostics.Metrics;
using Vireo.Api;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What operators see of transitions, under the meter <c>Vireo</c>.</summary>
internal static class TransitionMetrics
{
    private static readonly Meter Meter = new("Vireo");

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "vireo.machine_type_transition.steps",
        "{machine}",
        "Steps that transitions made on machines, by what came of them."
    );

    /// <summary>Counts what came of a step on a machine.</summary>
    public static void Count(MachineTypeOutcome outcome) =>
        Steps.Add(1, new KeyValuePair<string, object?>("outcome", outcome.Outcome));
}
