using System.Collections.Concurrent;
using Vireo.Api;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>
/// What is good to remember of a transition from one pass to the next. Nothing breaks when it is lost.
/// </summary>
internal sealed class TransitionMemory
{
    private readonly ConcurrentDictionary<string, MachineTypeOutcome> _refused = new(StringComparer.Ordinal);

    /// <summary>When the last pass ended, as a timestamp; null before the first.</summary>
    public long? LastPass { get; set; }

    /// <summary>Machines whose step the server refused for good.</summary>
    public IReadOnlyDictionary<string, MachineTypeOutcome> Refused => _refused;

    /// <summary>What the status of a transition tells.</summary>
    public static TransitionMemory Of(MachineTypeTransition transition)
    {
        var memory = new TransitionMemory();
        foreach (var outcome in transition.Status?.Outcomes ?? [])
        {
            memory.Remember(outcome);
        }

        return memory;
    }

    /// <summary>Keeps what is not to be tried again.</summary>
    public void Remember(MachineTypeOutcome outcome)
    {
        if (outcome is { Outcome: "Failed", Reason: MachineMoves.Refusal })
        {
            _refused[TransitionPass.KeyOf(outcome)] = outcome;
        }
    }
}
