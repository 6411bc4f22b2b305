using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>One look at all machines of a transition, and the steps that are allowed now.</summary>
/// <remarks>
/// What it decides comes from the machines alone, so a pass can be ended anywhere and the next goes on from there. Of a
/// machine that is due it holds a reference, and that until its turn: the rest is decided anew then.
/// </remarks>
/// <param name="scope">The transition.</param>
/// <param name="moves">Makes the steps.</param>
/// <param name="refused">Machines whose step the server refused for good: they are not tried again.</param>
internal sealed class TransitionPass(
    TransitionScope scope,
    MachineMoves moves,
    IReadOnlyDictionary<string, MachineTypeOutcome> refused
)
{
    private readonly List<VirtualMachine?> _due = [];

    /// <summary>What came of the machines so far.</summary>
    public TransitionTally Tally { get; } = new();

    /// <summary>How many of its machines this transition changed since a time.</summary>
    public int ChangedInBatch { get; private set; }

    /// <summary>True when there is something to do, were it allowed.</summary>
    public bool HasWork => _due.Count > 0;

    /// <summary>Looks at every machine.</summary>
    /// <param name="machines">All there are.</param>
    /// <param name="batchStartedAt">When the present batch was begun; null before the first.</param>
    public void Look(IEnumerable<MachineSight> machines, DateTimeOffset? batchStartedAt)
    {
        foreach (var sight in machines)
        {
            if (TransitionVerdicts.Of(scope, sight) is not { } verdict)
            {
                continue;
            }

            if (TransitionMark.Of(sight.Machine) is { } mark && mark.Uid == scope.Uid && mark.At >= batchStartedAt)
            {
                ChangedInBatch++;
            }

            if (verdict.Step is MoveStep.None)
            {
                Tally.Add(verdict.Outcome);
            }
            else if (refused.TryGetValue(KeyOf(verdict.Outcome), out var failed))
            {
                Tally.Add(failed);
            }
            else
            {
                _due.Add(sight.Machine);
            }
        }

        _due.Sort(static (left, right) => InOrder(left!.Metadata, right!.Metadata));
    }

    /// <summary>Makes the steps that are allowed, several at a time; one batch when the one before is done.</summary>
    /// <param name="allowance">How much is allowed.</param>
    /// <param name="parallel">How many at a time.</param>
    /// <param name="find">A machine as it is now; null when it is gone.</param>
    /// <param name="mayGoOn">Asked before each machine: false leaves the rest alone.</param>
    /// <param name="told">Called after each machine, from any thread.</param>
    /// <param name="ct">Ends it after the steps in hand.</param>
    public async Task ActAsync(
        TransitionAllowance allowance,
        int parallel,
        Func<ResourceKey, MachineSight?> find,
        Func<bool> mayGoOn,
        Func<MachineTypeOutcome?, Task> told,
        CancellationToken ct
    )
    {
        Tally.Take(_due.Count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct };
        var allowed = Allowed(find, new(allowance));
        if (allowance.BatchSize is not { } size)
        {
            await Parallel.ForEachAsync(allowed, options, ActAsync);
            return;
        }

        using var all = allowed.GetEnumerator();
        while (Batch(all, size).ToList() is { Count: > 0 } batch)
        {
            await Parallel.ForEachAsync(batch, options, ActAsync);
        }

        async ValueTask ActAsync((MachineSight Sight, MachineVerdict Verdict) due, CancellationToken stop)
        {
            var outcome = mayGoOn() ? await MoveAsync(due.Sight, due.Verdict, stop) : due.Verdict.Outcome;
            Tally.Finish(outcome);
            await told(outcome);
        }
    }

    /// <summary>The machines whose step may be made, one after the other; the others are counted.</summary>
    private IEnumerable<(MachineSight Sight, MachineVerdict Verdict)> Allowed(
        Func<ResourceKey, MachineSight?> find,
        TransitionPlaces places
    )
    {
        for (var at = 0; at < _due.Count; at++)
        {
            var key = ResourceKey.Of(_due[at]!);
            _due[at] = null;
            var sight = find(key);
            var verdict = sight is null ? null : TransitionVerdicts.Of(scope, sight);
            if (verdict is null || verdict.Step is MoveStep.None || !places.TryTake(verdict))
            {
                Tally.Finish(verdict?.Outcome);
            }
            else
            {
                yield return (sight!, verdict);
            }
        }
    }

    /// <summary>The next machines, as many as make a batch of changes.</summary>
    private static IEnumerable<(MachineSight Sight, MachineVerdict Verdict)> Batch(
        IEnumerator<(MachineSight Sight, MachineVerdict Verdict)> all,
        int size
    )
    {
        for (var changes = 0; changes < size && all.MoveNext(); )
        {
            changes += all.Current.Verdict.Step is MoveStep.Change ? 1 : 0;
            yield return all.Current;
        }
    }

    /// <summary>Where an outcome is kept.</summary>
    public static string KeyOf(MachineTypeOutcome outcome) => $"{outcome.Namespace}/{outcome.Name}";

    /// <summary>Makes one step after another, as far as they can be made without waiting.</summary>
    private async Task<MachineTypeOutcome?> MoveAsync(MachineSight sight, MachineVerdict verdict, CancellationToken ct)
    {
        var mayRestart = verdict.Restarts;
        while (true)
        {
            var result = await moves.StepAsync(scope, sight, verdict.Step, ct);
            if (result is not { Next: { } next })
            {
                return result.Told ?? verdict.Outcome;
            }

            if (TransitionVerdicts.Of(scope, next) is not { } seen)
            {
                return null;
            }

            if (seen.Step is MoveStep.None or MoveStep.Label || (seen.Restarts && !mayRestart))
            {
                return seen.Outcome;
            }

            (sight, verdict) = (next, seen);
        }
    }

    private static int InOrder(ObjectMeta left, ObjectMeta right)
    {
        var order = string.CompareOrdinal(left.Namespace, right.Namespace);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    }
}
