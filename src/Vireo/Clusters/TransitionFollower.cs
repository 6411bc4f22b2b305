using System.Threading.Channels;
using Vireo.Api;
using Vireo.Output;
using Vireo.Runtime;

namespace Vireo.Clusters;

/// <summary>Follows a transition to its end, and tells on the way how far it is.</summary>
/// <param name="client">Where it is.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Where progress is told.</param>
/// <param name="width">The width of the terminal that progress is told on; null when it is none.</param>
internal sealed class TransitionFollower(KubernetesClient client, TimeProvider time, TextWriter progress, int? width)
{
    /// <summary>How often a terminal is told, though nothing has changed.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>How often a log is told, though much has changed.</summary>
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(10);

    private readonly Rate _rate = new(time);
    private string _told = "";
    private string? _toldPhase;
    private long _toldAt;

    /// <summary>Follows a transition until it has ended.</summary>
    /// <param name="name">The transition.</param>
    /// <param name="withOwners">True to go on while only restarts by the machines' owners are missing.</param>
    /// <param name="ct">Ends the following, not the transition.</param>
    /// <returns>The transition at its end; null when it was deleted.</returns>
    public async Task<MachineTypeTransition?> FollowAsync(string name, bool withOwners, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var seen = Channel.CreateUnbounded<MachineTypeTransition?>();
        var following = FeedAsync(seen.Writer, name, stop.Token);
        MachineTypeTransition? last = null;
        try
        {
            while (true)
            {
                if (await IsSeenAsync(seen.Reader, ct))
                {
                    last = await seen.Reader.ReadAsync(ct);
                    if (last is null || IsEnd(last, withOwners))
                    {
                        return last;
                    }
                }

                if (last is not null && seen.Reader.Count == 0)
                {
                    await TellAsync(last);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await following;
            await EndLineAsync(last);
        }
    }

    /// <summary>True when nothing more happens to the transition by itself.</summary>
    public static bool IsEnd(MachineTypeTransition transition, bool withOwners) =>
        transition.Status?.Phase switch
        {
            "Completed" or "Failed" or "Cancelled" => true,
            "AwaitingRestarts" => !withOwners,
            _ => false,
        };

    private async Task FeedAsync(ChannelWriter<MachineTypeTransition?> seen, string name, CancellationToken ct)
    {
        try
        {
            await Following.RunAsync<MachineTypeTransition>(
                client,
                new(null, name),
                transition => seen.TryWrite(transition),
                time,
                ct
            );
        }
        catch (Exception e)
        {
            seen.TryComplete(e);
        }
    }

    private async Task<bool> IsSeenAsync(ChannelReader<MachineTypeTransition?> seen, CancellationToken ct)
    {
        using var soon = new CancellationTokenSource(Tick, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, ct);
        try
        {
            return await seen.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task TellAsync(MachineTypeTransition transition)
    {
        if (width is { } columns)
        {
            var rate = _rate.Add(TransitionProgressLine.Of(transition.Status?.Counts).Settled);
            await progress.WriteAsync($"\r{TransitionProgressLine.Bar(transition, rate, columns)}\u001b[K");
            await progress.FlushAsync();
            return;
        }

        var text = TransitionProgressLine.Plain(transition);
        var isDue = _toldPhase != transition.Status?.Phase || time.GetElapsedTime(_toldAt) >= LogPause;
        if (text != _told && isDue)
        {
            (_told, _toldPhase, _toldAt) = (text, transition.Status?.Phase, time.GetTimestamp());
            await progress.WriteLineAsync(text);
        }
    }

    /// <summary>Leaves the last state of the bar on the terminal, and the cursor below it.</summary>
    private async Task EndLineAsync(MachineTypeTransition? last)
    {
        if (width is not null && last is not null)
        {
            await TellAsync(last);
            await progress.WriteLineAsync();
        }
    }
}
