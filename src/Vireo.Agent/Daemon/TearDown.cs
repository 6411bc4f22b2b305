using Microsoft.Extensions.Logging;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>Ends what an agent left on this host: its guests, their network, the private daemon.</summary>
internal sealed class TearDown(AgentOptions options, TimeSpan gracePeriod, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PowerButtonPeriod = TimeSpan.FromSeconds(5);

    private readonly PrivateLibvirtDaemon _daemon = new(options.StateFolder, hidesKvm: true, time, logger);

    /// <summary>Ends all. What is gone already is no fault.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!_daemon.IsInUse)
        {
            // The host's own daemon, and the guests on it, belong to its administrator.
            return;
        }

        await _daemon.EnsureRunningAsync(ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var link = new LibvirtLink(_ => Task.FromResult(_daemon.Endpoint), time, logger);
        var hypervisor = new LibvirtHypervisor(link, LibvirtParts.NetworkOf(options), hasKvm: false, time, logger);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hypervisor.Connected += () => connected.TrySetResult();
        var following = hypervisor.RunAsync(stop.Token);
        await Task.WhenAny(connected.Task, following).WaitAsync(ct);
        await EndGuestsAsync(hypervisor, ct);
        await link.CallAsync(RemoveNetwork, ct);
        await stop.CancelAsync();
        await following.ContinueWith(
            static _ => { },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
        await _daemon.StopAsync(ct);
    }

    private async Task EndGuestsAsync(LibvirtHypervisor hypervisor, CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        TimeSpan? lastPress = null;
        while (await hypervisor.ListAsync(ct) is { Count: > 0 } guests)
        {
            var elapsed = time.GetElapsedTime(asked);
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

    private bool RemoveNetwork(LibvirtConnection connection)
    {
        using var network = connection.FindNetwork(options.GuestNetwork);
        network?.Destroy();
        return network is not null;
    }
}
