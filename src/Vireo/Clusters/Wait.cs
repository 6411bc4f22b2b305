using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Waits for what the rules call the end of a wait, and tells on standard error how it goes.</summary>
internal sealed class Wait(KubernetesClient client, TimeProvider time, TextWriter progress)
{
    /// <summary>Who waits longer than this wants to know for what.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A failure that lasts this long is believed.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(5);

    /// <summary>How it ended: what is waited for has come, or cannot come, or the time is over.</summary>
    public async Task<WaitDecision> UntilAsync(Target target, WaitGoal goal, TimeSpan limit, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var watch = new LifeWatch(client, target.Key, time);
        var following = watch.RunAsync(stop.Token);
        var (told, failed) = ("", (WaitDecision.Failed?)null);
        var failedAt = start;
        WaitDecision decision = new WaitDecision.Waiting("nothing was seen of it");
        try
        {
            while (true)
            {
                if (await IsSeenWithinAsync(watch, Patience, stop.Token))
                {
                    decision = Decide(target, goal, await watch.Seen.ReadAsync(stop.Token));
                }

                // A host that just comes up, or an instance that is just replaced, is no failure yet.
                failedAt = decision is WaitDecision.Failed && failed is null ? time.GetTimestamp() : failedAt;
                failed = decision as WaitDecision.Failed;
                if (decision is WaitDecision.Done || (failed is not null && time.GetElapsedTime(failedAt) >= Doubt))
                {
                    return decision;
                }

                if (time.GetElapsedTime(start) >= Patience && told != Text(decision))
                {
                    told = Text(decision);
                    await progress.WriteLineAsync($"{target}: {told}".AsMemory(), ct);
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new WaitDecision.Failed(
                $"it did not come within {Durations.Text(limit)}; now: {Text(decision)}. --timeout waits longer."
            );
        }
        finally
        {
            await stop.CancelAsync();
            await following;
        }
    }

    private static string Text(WaitDecision decision) =>
        decision switch
        {
            WaitDecision.Waiting waiting => waiting.State,
            WaitDecision.Failed failed => failed.Why,
            _ => "",
        };

    private static WaitDecision Decide(Target target, WaitGoal goal, Life life) =>
        target.Kind switch
        {
            TargetKind.Machine when life.Machine is null => new WaitDecision.Failed("it is not there any more"),
            TargetKind.Machine => VirtualMachineWaits.Decide(goal, life.Machine, life.Instance),
            _ => VirtualMachineWaits.Decide(goal, null, life.Instance),
        };

    private async Task<bool> IsSeenWithinAsync(LifeWatch watch, TimeSpan limit, CancellationToken ct)
    {
        using var soon = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, ct);
        try
        {
            return await watch.Seen.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
