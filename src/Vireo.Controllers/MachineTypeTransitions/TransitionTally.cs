using System.Collections.Frozen;
using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Counts what came of machines, and keeps the outcomes that a status has room for.</summary>
/// <remarks>It holds at most <see cref="TransitionDefaults.OutcomesListed"/> outcomes of each kind, however many machines there are.</remarks>
internal sealed class TransitionTally
{
    /// <summary>Every kind of outcome, the ones that need somebody first.</summary>
    private static readonly string[] Kinds =
    [
        "Failed",
        "Refused",
        "RestartRequired",
        "Restarting",
        "Waiting",
        "Updated",
        "Unchanged",
    ];

    private readonly Lock _gate = new();

    private readonly FrozenDictionary<string, Kept> _kept = Kinds.ToFrozenDictionary(kind => kind, _ => new Kept());

    private int _inHand;

    /// <summary>How many came to what. Machines in hand count as waiting.</summary>
    public MachineTypeTransitionCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new()
                {
                    Selected = _kept.Values.Sum(kept => kept.Count) + _inHand,
                    Waiting = Count("Waiting") + _inHand,
                    Updated = Count("Updated"),
                    RestartRequired = Count("RestartRequired"),
                    Restarting = Count("Restarting"),
                    Unchanged = Count("Unchanged"),
                    Refused = Count("Refused"),
                    Failed = Count("Failed"),
                };
            }
        }
    }

    /// <summary>The outcomes for a status, and how many are left out.</summary>
    public (IReadOnlyList<MachineTypeOutcome> Outcomes, int Omitted) Bounded
    {
        get
        {
            lock (_gate)
            {
                var shown = Kinds
                    .SelectMany(kind => _kept[kind].Sorted())
                    .Take(TransitionDefaults.OutcomesListed)
                    .ToList();
                return (shown, _kept.Values.Sum(kept => kept.Count) - shown.Count);
            }
        }
    }

    /// <summary>Counts a machine.</summary>
    public void Add(MachineTypeOutcome outcome)
    {
        lock (_gate)
        {
            _kept[outcome.Outcome].Add(outcome);
        }
    }

    /// <summary>Announces machines whose outcome is still to come.</summary>
    public void Take(int count)
    {
        lock (_gate)
        {
            _inHand += count;
        }
    }

    /// <summary>Counts a machine that was announced; null for one that is gone.</summary>
    public void Finish(MachineTypeOutcome? outcome)
    {
        lock (_gate)
        {
            _inHand--;
            if (outcome is not null)
            {
                _kept[outcome.Outcome].Add(outcome);
            }
        }
    }

    /// <summary>Machines in hand are gone.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _inHand = 0;
        }
    }

    /// <summary>
    /// Of the machines that owners were to restart, only some are left: the others have their new type.
    /// </summary>
    public void Restarted(int left)
    {
        lock (_gate)
        {
            _kept["Updated"].Count += Math.Max(0, _kept["RestartRequired"].Count - left);
            _kept["RestartRequired"].Keep(left);
        }
    }

    private int Count(string kind) => _kept[kind].Count;

    private sealed class Kept
    {
        private readonly List<MachineTypeOutcome> _first = [];

        public int Count { get; set; }

        public void Add(MachineTypeOutcome outcome)
        {
            Count++;
            if (_first.Count < TransitionDefaults.OutcomesListed)
            {
                _first.Add(outcome);
            }
        }

        public void Keep(int count)
        {
            Count = count;
            if (count == 0)
            {
                _first.Clear();
            }
        }

        public IEnumerable<MachineTypeOutcome> Sorted() => _first.Order(TransitionOutcomes.ByUrgency);
    }
}
