using Vireo.Api;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What a transition does next to one virtual machine.</summary>
internal enum MoveStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Writes the new type, and the mark.</summary>
    Change,

    /// <summary>Marks an instance that was started from the old type while it was changed.</summary>
    Label,

    /// <summary>Asks for a restart.</summary>
    Restart,

    /// <summary>Asks for the end of the instance, to start another one after it.</summary>
    Stop,

    /// <summary>Starts what <see cref="Stop"/> stopped.</summary>
    Start,
}

/// <summary>Where one virtual machine is in a transition.</summary>
/// <param name="Outcome">What came of it so far.</param>
/// <param name="Step">What to do next.</param>
/// <param name="Restarts">True when the step takes one of the places for machines that are restarting.</param>
internal sealed record MachineVerdict(MachineTypeOutcome Outcome, MoveStep Step = MoveStep.None, bool Restarts = false);
