using Microsoft.Extensions.Logging;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Gets this host its next certificate in time, as long as the agent runs.</summary>
/// <param name="identity">What the host got when it joined.</param>
/// <param name="time">The time.</param>
/// <param name="logger">Told what was done.</param>
internal sealed class CertificateRenewal(HostIdentity identity, TimeProvider time, ILogger logger)
{
    private readonly KubernetesClient _client = identity.Connect();

    /// <summary>
    /// How often it is looked whether one is due, and tried again where it failed: there are weeks for it.
    /// </summary>
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Renews whenever it is due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            if (time.GetUtcNow() >= identity.RenewAt)
            {
                await TryAsync(ct);
            }

            await Task.Delay(Period, time, ct);
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            await ClusterJoin.RenewAsync(identity, _client, ct);
            logger.CertificateRenewed(identity.Host, identity.Ends);
        }
        catch (ApiException e)
        {
            logger.RenewalFailed(identity.Host, identity.Ends, e.Message);
        }
    }
}
