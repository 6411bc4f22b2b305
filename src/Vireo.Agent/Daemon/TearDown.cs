using Microsoft.Extensions.Logging;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>
/// Ends what an agent left on this host: its guests, their network, the private daemon if it had one.
/// </summary>
internal sealed class TearDown(AgentOptions options, TimeSpan gracePeriod, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PowerButtonPeriod = TimeSpan.FromSeconds(5);

    /// <summary>Ends all. What is gone already is no fault.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var daemon = new PrivateLibvirtDaemon(options.StateFolder, hidesKvm: true, time, logger);
        if (!daemon.IsInUse && !InstanceFolder.List(options.StateFolder).Any())
        {
            return;
        }

        var locator = new LibvirtLocator(options.LibvirtUri, daemon);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var link = new LibvirtLink(locator.FindAsync, time, logger);
        var hypervisor = new LibvirtHypervisor(link, LibvirtParts.NetworkOf(options), hasKvm: false, time, logger);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hypervisor.Connected += () => connected.TrySetResult();
        var following = hypervisor.RunAsync(stop.Token);
        await Task.WhenAny(connected.Task, following).WaitAsync(ct);
        await EndGuestsAsync(hypervisor, ct);
        if ((await hypervisor.ListAsync(ct)).Count == 0)
        {
            await link.CallAsync(RemoveNetwork, ct);
        }

        await stop.CancelAsync();
        try
        {
            await following;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        await daemon.StopAsync(ct);
    }

    /// <summary>Asks again and again until all have ended, and no longer asks once their time is over.</summary>
    private async Task EndGuestsAsync(LibvirtHypervisor hypervisor, CancellationToken ct)
    {
        var begin = time.GetTimestamp();
        TimeSpan? lastPress = null;
        while (await ListAsync(hypervisor, ct) is { Count: > 0 } guests)
        {
            var elapsed = time.GetElapsedTime(begin);
            var isExpired = elapsed >= gracePeriod;
            if (isExpired || lastPress is null || elapsed - lastPress >= PowerButtonPeriod)
            {
                lastPress = elapsed;
                foreach (var guest in guests)
                {
                    await (isExpired ? hypervisor.DestroyAsync(guest.Id, ct) : hypervisor.ShutDownAsync(guest.Id, ct));
                }
            }

            await Task.Delay(Pause, time, ct);
        }
    }

    /// <summary>The guests that the agent of this state folder made.</summary>
    private async Task<IReadOnlyList<ObservedDomain>> ListAsync(LibvirtHypervisor hypervisor, CancellationToken ct)
    {
        var folders = InstanceFolder.List(options.StateFolder).ToHashSet(StringComparer.Ordinal);
        return [.. (await hypervisor.ListAsync(ct)).Where(guest => folders.Contains(guest.Id.Uid))];
    }

    private bool RemoveNetwork(LibvirtConnection connection)
    {
        using var network = connection.FindNetwork(options.GuestNetwork);
        network?.Destroy();
        return network is not null;
    }
}
