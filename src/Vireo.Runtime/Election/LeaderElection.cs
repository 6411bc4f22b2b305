using Microsoft.Extensions.Logging;

namespace Vireo.Runtime;

/// <summary>Lets one of several programs lead at a time, by a Lease that the leader renews.</summary>
/// <param name="client">Where the lease is.</param>
/// <param name="lease">Which lease; made when it is not there.</param>
/// <param name="identity">Who this is; different for each that takes part.</param>
/// <param name="time">Times renewals.</param>
/// <param name="logger">Told when leadership comes and goes.</param>
/// <remarks>
/// A leader that cannot renew for 10 s stops; the others wait until they have seen no renewal for 15 s. The difference
/// is what clocks and slow machines may be off. Only time that passed here is compared, never another machine's clock.
/// </remarks>
public sealed class LeaderElection(
    KubernetesClient client,
    ResourceKey lease,
    string identity,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly LeaseClaim _claim = new(client, lease, identity, time);
    private long _renewedAt;

    /// <summary>
    /// Stands for election until cancelled, and leads each time it is elected. The token that <paramref name="lead"/>
    /// gets is cancelled when leadership is lost; the lease is given up when it ends in good order. Returns when
    /// cancelled, or when <paramref name="lead"/> returns while it leads.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken ct)
    {
        try
        {
            var isFinished = false;
            while (!isFinished)
            {
                while (!await TryHoldAsync(RenewDeadline, ct))
                {
                    await Task.Delay(RetryPeriod, time, ct);
                }

                ElectionLog.Leads(logger, identity, lease);
                isFinished = await LeadAsync(lead, ct);
                if (!isFinished)
                {
                    await Task.Delay(RetryPeriod, time, ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <summary>True when the work ended by itself.</summary>
    private async Task<bool> LeadAsync(Func<CancellationToken, Task> lead, CancellationToken ct)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = Task.Run(() => lead(term.Token), CancellationToken.None);
        var isHeld = false;
        try
        {
            isHeld = await HoldUntilAsync(work, ct);
        }
        finally
        {
            await term.CancelAsync();
        }

        var isFinished = false;
        try
        {
            await work;
            isFinished = isHeld && !ct.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (term.IsCancellationRequested)
        {
            // It heard that its term is over.
        }
        catch (Exception e)
        {
            ElectionLog.LeadingThrew(logger, e, identity, lease);
        }

        if (isHeld)
        {
            await ReleaseAsync();
        }
        else
        {
            ElectionLog.Lost(logger, identity, lease);
        }

        return isFinished;
    }

    /// <summary>Renews until the work ends or it is time to stop (true), or the lease is lost (false).</summary>
    private async Task<bool> HoldUntilAsync(Task work, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        while (true)
        {
            var pause = Task.Delay(RetryPeriod, time, stop.Token);
            await Task.WhenAny(pause, work);
            if (ct.IsCancellationRequested || work.IsCompleted)
            {
                await stop.CancelAsync();
                return true;
            }

            var left = RenewDeadline - time.GetElapsedTime(_renewedAt);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (!await TryHoldAsync(left, ct) && _claim.IsHeldByAnother)
            {
                return false;
            }
        }
    }

    /// <summary>One look at the lease; false when it is another's, or when there was no answer in time.</summary>
    /// <remarks>
    /// The others count from when the server wrote it, so the time it was sent counts here, not the answer's.
    /// </remarks>
    private async Task<bool> TryHoldAsync(TimeSpan limit, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var sentAt = time.GetTimestamp();
        try
        {
            if (await _claim.TryHoldAsync(either.Token))
            {
                _renewedAt = sentAt;
                return true;
            }

            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (ApiException e) when (e.Reason is Reason.Conflict or Reason.AlreadyExists)
        {
            return false;
        }
        catch (ApiException e)
        {
            ElectionLog.CannotReach(logger, lease, e.Reason, e.Message);
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        using var timeout = new CancellationTokenSource(ReleaseTimeout, time);
        try
        {
            await _claim.ReleaseAsync(timeout.Token);
            ElectionLog.GaveUp(logger, identity, lease);
        }
        catch (ApiException e)
        {
            ElectionLog.CannotReach(logger, lease, e.Reason, e.Message);
        }
        catch (OperationCanceledException)
        {
            // It runs out by itself.
        }
    }
}
