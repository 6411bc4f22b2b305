using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Moves the machines of a transition: look at all, decide, do what is allowed, tell.</summary>
internal sealed class TransitionReconciler(
    KubernetesClient client,
    TransitionMachines machines,
    Informer<MachineTypeTransition> transitions,
    EventRecorder events,
    MachineNews news,
    TimeProvider time,
    ILogger logger
) : IReconciler
{
    private const int Parallel = 16;

    /// <summary>A pass looks at every machine and tells how far it is: not more often than this.</summary>
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly MachineMoves _moves = new(client, news, time);
    private readonly ConcurrentDictionary<string, TransitionMemory> _memories = new(StringComparer.Ordinal);

    /// <summary>The transition that a machine's mark names.</summary>
    public static IEnumerable<ResourceKey> TransitionOf(VirtualMachine machine) =>
        TransitionMark.Of(machine) is { } mark ? [new ResourceKey(null, mark.Name)] : [];

    public async Task<Outcome> ReconcileAsync(ResourceKey key, CancellationToken ct)
    {
        // Not the copy: steps that were settled and batches that were begun must not be so twice.
        if (await client.FindAsync<MachineTypeTransition>(key, ct) is not { Metadata.DeletionTimestamp: null } found)
        {
            return Outcome.Settled;
        }

        if (TransitionReport.IsFinal(found.Status?.Phase))
        {
            _memories.TryRemove(found.Metadata.Uid!, out _);
            return Outcome.Settled;
        }

        var memory = _memories.GetOrAdd(found.Metadata.Uid!, _ => TransitionMemory.Of(found));
        if (memory.LastPass is { } last && time.GetElapsedTime(last) is var since && since < Rhythm)
        {
            return new Outcome.Waiting("the next look at its machines", Rhythm - since);
        }

        try
        {
            return await PassAsync(new(client, found, events, time, logger), memory, ct);
        }
        finally
        {
            memory.LastPass = time.GetTimestamp();
        }
    }

    private async Task<Outcome> PassAsync(TransitionTeller teller, TransitionMemory memory, CancellationToken ct)
    {
        var transition = teller.Transition;
        if (transition.Spec.Cancelled == true)
        {
            const string Message = "It was cancelled: machines that were not changed stay as they are.";
            var status = TransitionReport.Ended(transition.Status, "Cancelled", "Cancelled", Message, time.GetUtcNow());
            await teller.TellAsync(status, ct);
            return Outcome.Settled;
        }

        var offers = MachineTypeOffers.Of(machines.Cluster.Hosts.All);
        if (transition.Status?.StartedAt is null)
        {
            var beginning = await TransitionBeginning.DecideAsync(
                client,
                transition,
                transitions.All,
                offers,
                time.GetUtcNow(),
                ct
            );
            await teller.TellAsync(beginning, ct);
            if (beginning.Phase != "Running")
            {
                return TransitionReport.IsFinal(beginning.Phase)
                    ? Outcome.Settled
                    : new Outcome.Waiting(beginning.Conditions![0].Message ?? "", TimeSpan.FromSeconds(5));
            }
        }

        var scope = new TransitionScope(
            transition.Metadata.Uid!,
            transition.Metadata.Name!,
            transition.Spec,
            teller.Status.Steps ?? [],
            offers,
            machines.Cluster.Configuration
        );
        return await MoveAsync(teller, new TransitionPass(scope, _moves, memory.Refused), memory, ct);
    }

    private async Task<Outcome> MoveAsync(
        TransitionTeller teller,
        TransitionPass pass,
        TransitionMemory memory,
        CancellationToken ct
    )
    {
        var (spec, key) = (teller.Transition.Spec, ResourceKey.Of(teller.Transition));
        var sights = await machines.LookAsync(ct);
        pass.Look(sights.All, teller.Status.BatchStartedAt);
        var counts = pass.Tally.Counts;
        var pace = new TransitionPace(
            counts.Restarting,
            counts.Failed,
            teller.Status.BatchStartedAt,
            pass.ChangedInBatch
        );
        var allowance = TransitionLimits.Allow(spec, pace, time.GetUtcNow());
        if (allowance is { BeginsBatch: true, Changes: > 0 } && pass.HasWork)
        {
            await teller.TellAsync(teller.Status with { BatchStartedAt = time.GetUtcNow() }, ct);
        }

        await pass.ActAsync(allowance, Parallel, sights.Find, MayGoOn, AfterEachAsync, ct);
        var status = TransitionReport.Of(teller.Status, spec, pass.Tally, allowance.WaitsFor, time.GetUtcNow());
        await teller.TellAsync(status, ct);
        return After(status, allowance);

        bool MayGoOn() =>
            transitions.Find(key) is { Spec: { Paused: not true, Cancelled: not true } } present
            && present.Metadata.Uid == teller.Transition.Metadata.Uid
            && MaintenanceWindows.IsOpen(spec.Limits?.Window, time.GetUtcNow())
            && !(pass.Tally.Counts.Failed >= spec.Limits?.MaxFailures);

        Task AfterEachAsync(MachineTypeOutcome? outcome)
        {
            if (outcome is not null)
            {
                memory.Remember(outcome);
                TransitionMetrics.Count(outcome);
            }

            return teller.TellSometimesAsync(
                () => TransitionReport.Of(teller.Status, spec, pass.Tally, null, time.GetUtcNow()),
                Rhythm,
                ct
            );
        }
    }

    private Outcome After(MachineTypeTransitionStatus status, TransitionAllowance allowance)
    {
        if (TransitionReport.IsFinal(status.Phase))
        {
            return Outcome.Settled;
        }

        var pause =
            allowance.LookAgainAt is { } later && status.Counts is { Restarting: 0 } ? later - time.GetUtcNow()
            : status.Phase is "Running" ? Rhythm
            : LongestPause;
        return new Outcome.Waiting(
            status.Phase ?? "",
            pause < Rhythm ? Rhythm
                : pause > LongestPause ? LongestPause
                : pause
        );
    }
}
