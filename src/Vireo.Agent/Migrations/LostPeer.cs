using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Waits until both hosts agree on who has a guest, when they lost each other while it moved.</summary>
/// <param name="tools">What it is done with.</param>
/// <param name="id">The guest.</param>
/// <param name="target">Where it moves.</param>
/// <param name="migrationUid">The move.</param>
/// <param name="isWhole">False while the guest may run there on memory that is still here.</param>
internal sealed class LostPeer(DepartureTools tools, DomainId id, Peer target, string migrationUid, Func<bool> isWhole)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(5);

    /// <summary>Returns when this host's hypervisor may learn that the other one is lost.</summary>
    public async Task AgreeAsync(CancellationToken ct)
    {
        var isTold = false;
        while (true)
        {
            var here = await LookAsync(ct);
            var step = LastWord.Next(here, there: null, isWhole());
            if (step is LastWordStep.Ask)
            {
                step = LastWord.Next(here, await AskAsync(ct), isWhole());
            }

            switch (step)
            {
                case LastWordStep.Tell:
                    return;
                case LastWordStep.Yield when await TryDestroyAsync(ct):
                    return;
                default:
                    break;
            }

            if (!isTold)
            {
                tools.Logger.PeerLost(id.Key, target.Host);
                isTold = true;
            }

            await Task.Delay(Period, tools.Time, ct);
        }
    }

    private async Task<GuestPlace> LookAsync(CancellationToken ct)
    {
        try
        {
            return (await tools.Moves.LookAsync(id, ct)).Place;
        }
        catch (HypervisorException)
        {
            return GuestPlace.Unknown;
        }
    }

    private async Task<GuestPlace> AskAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(AskPatience, tools.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await tools.Peers.AskAsync(target, migrationUid, id, either.Token);
        }
        catch (ApiException)
        {
            return GuestPlace.Unknown;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return GuestPlace.Unknown;
        }
    }

    private async Task<bool> TryDestroyAsync(CancellationToken ct)
    {
        try
        {
            await tools.Destroy(id, ct);
            return true;
        }
        catch (HypervisorException)
        {
            return false;
        }
    }
}
