using System.Runtime.CompilerServices;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What came of every machine of a transition, complete: what its status has no room for.</summary>
public static class TransitionOutcomeList
{
    /// <summary>Reads the machines page by page and tells what came of each that the transition selects.</summary>
    /// <param name="client">The server.</param>
    /// <param name="transition">The transition as it is, with its status.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>By namespace and name.</returns>
    public static async IAsyncEnumerable<MachineTypeOutcome> ReadAsync(
        KubernetesClient client,
        MachineTypeTransition transition,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var offers = await ClusterOffers.ReadAsync(client, ct);
        var scope = new TransitionScope(
            transition.Metadata.Uid ?? "",
            transition.Metadata.Name ?? "",
            transition.Spec,
            transition.Status?.Steps ?? TransitionSteps.Settle(transition.Spec, offers).Steps,
            offers,
            await ClusterOffers.ConfigurationAsync(client, ct)
        );
        var refused = TransitionMemory.Of(transition).Refused;
        await foreach (var sight in MachinePages.ReadAsync(client, transition.Spec.Namespaces, labels: null, ct))
        {
            if (TransitionVerdicts.Of(scope, sight) is { } verdict)
            {
                yield return verdict.Step is not MoveStep.None
                && refused.TryGetValue(TransitionPass.KeyOf(verdict.Outcome), out var failed)
                    ? failed
                    : verdict.Outcome;
            }
        }
    }
}
