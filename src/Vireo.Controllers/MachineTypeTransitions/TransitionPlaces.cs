using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Gives out what a transition may do now, machine by machine.</summary>
internal sealed class TransitionPlaces(TransitionAllowance allowance)
{
    private int _changes = allowance.Changes;
    private int _restarts = allowance.Restarts;

    /// <summary>True when the step may be made; it is counted then.</summary>
    /// <remarks>
    /// What finishes a machine that is in hand already is always allowed: it would be worse to leave it so.
    /// </remarks>
    public bool TryTake(MachineVerdict verdict)
    {
        var isChange = verdict.Step is MoveStep.Change;
        if ((isChange && _changes == 0) || (verdict.Restarts && _restarts == 0))
        {
            return false;
        }

        _changes -= isChange ? 1 : 0;
        _restarts -= verdict.Restarts ? 1 : 0;
        return true;
    }
}
