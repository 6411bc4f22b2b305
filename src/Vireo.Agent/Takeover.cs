using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>
/// Each time the hypervisor comes back, has every guest on this host looked at, and what is left of gone ones removed.
/// </summary>
/// <remarks>
/// Nothing is judged before the informers are whole: a guest whose instance is merely not known yet is no orphan.
/// </remarks>
internal sealed class Takeover(
    IHypervisor hypervisor,
    Informer<VirtualMachineInstance> instances,
    Informer<VirtualMachineInstance> incoming,
    Action<ResourceKey> look,
    InstanceSettings settings,
    ILogger logger
)
{
    private readonly Signal _signal = new();

    /// <summary>The hypervisor came back.</summary>
    public void Look() => _signal.Raise();

    /// <summary>Looks after each signal, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await instances.WaitForSyncAsync(ct);
        await incoming.WaitForSyncAsync(ct);
        while (true)
        {
            await _signal.WaitAsync(ct);
            try
            {
                await LookAsync(ct);
            }
            catch (HypervisorException e)
            {
                // It went away again, and will tell when it comes back.
                logger.LookFailed(e.Message);
            }
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        // First, so that a folder that is made meanwhile is not mistaken for one that was left.
        var folders = InstanceFolder.List(settings.StateFolder).ToHashSet(StringComparer.Ordinal);
        var domains = (await hypervisor.ListAsync(ct)).Where(domain => folders.Contains(domain.Id.Uid)).ToList();
        foreach (
            var key in domains.Select(domain => domain.Key).Union(instances.All.Select(vmi => ResourceKey.Of(vmi)))
        )
        {
            look(key);
        }

        if (domains.Count > 0)
        {
            logger.TookOver(settings.NodeName, domains.Count);
        }

        var alive = domains
            .Select(domain => domain.Uid)
            .Concat(instances.All.Concat(incoming.All).Select(instance => instance.Metadata.Uid))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var uid in folders.Where(uid => !alive.Contains(uid)))
        {
            new InstanceFolder(settings.StateFolder, uid).Delete();
        }
    }
}
