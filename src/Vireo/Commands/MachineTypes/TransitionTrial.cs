using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Vireo.Output;
using Vireo.Running;
using Vireo.Runtime;

namespace Vireo.Commands;

/// <summary>Tells what a transition would do to each machine. Nothing is made.</summary>
internal static class TransitionTrial
{
    public static async Task<int> RunAsync(
        KubernetesClient client,
        MachineTypeTransition draft,
        OutputFormat format,
        CancellationToken ct
    )
    {
        var trial = draft with { Spec = draft.Spec with { DryRun = true } };
        var outcomes = await TransitionOutcomeList.ReadAsync(client, trial, ct).ToListAsync(ct);
        TransitionReport.PrintOutcomes(format, outcomes);
        return ExitCodes.Success;
    }
}
