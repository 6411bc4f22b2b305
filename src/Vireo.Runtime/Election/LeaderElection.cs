using Microsoft.Extensions.Logging;

namespace Vireo.Runtime;

/// <summary>Lets one of several programs lead at a time, by a Lease that the leader renews.</summary>
/// <param name="client">Where the lease is.</param>
/// <param name="lease">Which lease; made when it is not there.</param>
/// <param name="identity">Who this is; different for each that takes part.</param>
/// <param name="time">Times renewals.</param>
/// <param name="logger">Told when leadership comes and goes.</param>
public sealed class LeaderElection(
    KubernetesClient client,
    ResourceKey lease,
    string identity,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>
    /// Stands for election until cancelled, and leads each time it is elected. The token that <paramref name="lead"/>
    /// gets is cancelled when leadership is lost; the lease is given up when it ends in good order.
    /// </summary>
    public Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken ct) =>
        throw new NotSupportedException("Being written.");
}
