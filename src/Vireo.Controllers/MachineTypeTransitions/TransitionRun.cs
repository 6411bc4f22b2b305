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
        var tally = new TransitionTally();
        var news = new MachineNews(new EventRecorder(client, "machine-type-transition", null, time));
        var telling = news.RunAsync(ct);
        var moves = new MachineMoves(client, news, time);
        var told = new Lock();
        using var gate = new RunGate(spec, time, () => tally.Counts.Failed, waitsFor => Tell(null, waitsFor));
        var mover = new RunMover(client, scope, moves, gate, options.RestartTimeout, time);
        var deferred = 0;
        await EachAsync(
            options.Parallel,
            async (sight, stop) =>
            {
                if (await mover.MoveAsync(sight, mayRestart: false, stop) is not { } move)
                {
                    return;
                }

                if (move.IsDeferred)
                {
                    Interlocked.Increment(ref deferred);
                    tally.Take(1);
                    return;
                }

                tally.Add(move.Outcome);
                Tell(move.Outcome, null);
            }
        );
        if (deferred > 0)
        {
            await EachAsync(
                spec.Limits?.MaxConcurrentRestarts ?? TransitionDefaults.MaxConcurrentRestarts,
                async (sight, stop) =>
                {
                    if (mover.IsDeferred(sight) && await mover.MoveAsync(sight, mayRestart: true, stop) is { } move)
                    {
                        tally.Finish(move.Outcome);
                        Tell(move.Outcome, null);
                    }
                }
            );
            tally.Forget();
        }

        if (options.WaitForRestarts && tally.Counts.RestartRequired > 0)
        {
            await new RunRestartWatch(client, scope, time).UntilNoneIsLeftAsync(
                left => tally.Restarted(left),
                () => Tell(null, $"the owners of {tally.Counts.RestartRequired} machines to restart them"),
                ct
            );
        }

        news.Complete();
        await telling;
        return ResultOf(scope, tally);

        Task EachAsync(int parallel, Func<MachineSight, CancellationToken, ValueTask> act) =>
            Parallel.ForEachAsync(
                MachinePages.ReadAsync(client, spec.Namespaces, labels: null, ct),
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct },
                act
            );

        void Tell(MachineTypeOutcome? latest, string? waitsFor)
        {
            lock (told)
            {
                progress.Report(new(tally.Counts, latest, waitsFor));
            }
        }
    }

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
