using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// Does a transition's work in one process, against any server of kubevirt.io/v1; on a cluster, in a Job.
/// </summary>
/// <param name="client">The server; needs to list namespaces and read, patch and restart virtual machines.</param>
/// <param name="time">Times limits and waits.</param>
public sealed class TransitionRun(KubernetesClient client, TimeProvider time)
{
    /// <summary>Moves the machines, and returns when all that can be done now is done.</summary>
    /// <param name="options">Which, where to and how fast.</param>
    /// <param name="progress">Told of each machine and of waits, from any thread, one call at a time.</param>
    /// <param name="ct">Ends it after the machines it has in hand; another run goes on from there.</param>
    /// <exception cref="ApiException">The server cannot be reached, or refuses to list.</exception>
    public async Task<TransitionRunResult> RunAsync(
        TransitionRunOptions options,
        IProgress<TransitionRunProgress> progress,
        CancellationToken ct
    )
    {
        await Task.CompletedTask;
        _ = (client, time, options, progress, ct);
        throw new NotSupportedException();
    }
}
