using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// Does a transition's work in one process, against any server of kubevirt.io/v1; on a cluster, in a Job.
/// </summary>
/// <remarks>
/// It reads the machines twice: first it changes all that need no restart, then it restarts the others, a few at a
/// time. Nothing is kept between but counts: what to do to a machine is on the machine.
/// </remarks>
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
        var spec = options.Spec with { Paused = null, Cancelled = null };
        if (await TransitionBeginning.MissingAsync(client, spec, ct) is [_, ..] missing)
        {
            return Failed($"There is no namespace {string.Join(", ", missing)}.");
        }

        var offers = await ClusterOffers.ReadAsync(client, ct);
        var settled = TransitionSteps.Settle(spec, offers);
        if (string.IsNullOrEmpty(spec.RollbackOf) && settled.Problems is [_, ..] problems)
        {
            return Failed(string.Join(" ", problems));
        }

        var scope = new TransitionScope(
            options.Id ?? Guid.NewGuid().ToString(),
            options.Name,
            spec,
            settled.Steps,
            offers,
            await ClusterOffers.ConfigurationAsync(client, ct)
        );
        var news = new MachineNews(
            new EventRecorder(client, "machine-type-transition", null, time) { MaxRemembered = MachineNews.Remembered }
        );
        var telling = news.RunAsync(ct);
        var tally = await MoveAsync(scope, options, new(client, news, time), progress, ct);
        news.Complete();
        await telling;
        return ResultOf(scope, tally);
    }

    private async Task<TransitionTally> MoveAsync(
        TransitionScope scope,
        TransitionRunOptions options,
        MachineMoves moves,
        IProgress<TransitionRunProgress> progress,
        CancellationToken ct
    )
    {
        var (tally, told, deferred) = (new TransitionTally(), new Lock(), 0);
        using var gate = new RunGate(scope.Spec, time, () => tally.Counts.Failed, waitsFor => Tell(null, waitsFor));
        var mover = new RunMover(client, scope, moves, gate, options.RestartTimeout, time);
        await EachAsync(scope, options.Parallel, ChangeAsync, ct);
        if (deferred > 0)
        {
            var places = scope.Spec.Limits?.MaxConcurrentRestarts ?? TransitionDefaults.MaxConcurrentRestarts;
            await EachAsync(scope, places, RestartAsync, ct);
            tally.Forget();
        }

        if (options.WaitForRestarts && tally.Counts.RestartRequired > 0)
        {
            await new RunRestartWatch(client, scope, time).UntilNoneIsLeftAsync(
                tally.Restarted,
                () => Tell(null, $"the owners of {tally.Counts.RestartRequired} machines to restart them"),
                ct
            );
        }

        return tally;

        async ValueTask ChangeAsync(MachineSight sight, CancellationToken stop)
        {
            switch (await mover.MoveAsync(sight, mayRestart: false, stop))
            {
                case { IsDeferred: true }:
                    Interlocked.Increment(ref deferred);
                    tally.Take(1);
                    break;
                case { Outcome: var outcome }:
                    tally.Add(outcome);
                    Tell(outcome, null);
                    break;
            }
        }

        async ValueTask RestartAsync(MachineSight sight, CancellationToken stop)
        {
            if (mover.IsDeferred(sight) && await mover.MoveAsync(sight, mayRestart: true, stop) is { } move)
            {
                tally.Finish(move.Outcome);
                Tell(move.Outcome, null);
            }
        }

        void Tell(MachineTypeOutcome? latest, string? waitsFor)
        {
            lock (told)
            {
                progress.Report(new(tally.Counts, latest, waitsFor));
            }
        }
    }

    private Task EachAsync(
        TransitionScope scope,
        int parallel,
        Func<MachineSight, CancellationToken, ValueTask> act,
        CancellationToken ct
    ) =>
        Parallel.ForEachAsync(
            MachinePages.ReadAsync(client, scope.Spec.Namespaces, labels: null, ct),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct },
            act
        );

    private TransitionRunResult ResultOf(TransitionScope scope, TransitionTally tally)
    {
        var status = TransitionReport.Of(new(), scope.Spec, tally, null, time.GetUtcNow());
        return new()
        {
            Phase = status.Phase!,
            Message = status.Conditions![0].Message ?? "",
            Steps = scope.Steps,
            Counts = status.Counts!,
            Outcomes = status.Outcomes ?? [],
            OutcomesOmitted = status.OutcomesOmitted ?? 0,
        };
    }

    private static TransitionRunResult Failed(string message) => new() { Phase = "Failed", Message = message };
}
