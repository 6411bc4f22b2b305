using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Says of each machine where it is in a transition, and what is next.</summary>
internal static class TransitionVerdicts
{
    /// <summary>Null for a machine that the transition is not about.</summary>
    public static MachineVerdict? Of(TransitionScope scope, MachineSight sight)
    {
        if (TransitionMark.Of(sight.Machine) is { } mark && mark.Uid == scope.Uid)
        {
            return MarkedMachine.Judge(sight, mark, scope.RestartsNow);
        }

        return Decide(scope, sight) switch
        {
            null => null,
            TransitionDecision.Change change when scope.Spec.DryRun == true => Tried(scope, sight, change),
            TransitionDecision.Change change => new(
                Outcome(sight, "Waiting", change.From, change.To, "NotTouchedYet", "Its turn has not come."),
                MoveStep.Change,
                change.NeedsRestart && sight.CanRestart
            ),
            TransitionDecision.Leave leave => new(
                Outcome(sight, leave.Outcome, leave.From, to: null, leave.Reason, leave.Message)
            ),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no decision on a machine."),
        };
    }

    /// <summary>The change that a machine needs which the transition has not changed yet; null for none.</summary>
    public static TransitionDecision.Change? Wanted(TransitionScope scope, MachineSight sight) =>
        TransitionMark.Of(sight.Machine)?.Uid == scope.Uid ? null : Decide(scope, sight) as TransitionDecision.Change;

    /// <summary>An outcome as it is told.</summary>
    public static MachineTypeOutcome Outcome(
        MachineSight sight,
        string outcome,
        string? from,
        string? to,
        string reason,
        string message
    ) =>
        new()
        {
            Namespace = sight.Machine.Metadata.Namespace ?? "",
            Name = sight.Machine.Metadata.Name ?? "",
            Outcome = outcome,
            From = from,
            To = to,
            Reason = reason,
            Message = message,
        };

    private static TransitionDecision? Decide(TransitionScope scope, MachineSight sight)
    {
        var (machine, instance) = (sight.Machine, sight.Own);
        if (!TransitionSelection.Includes(scope.Spec, machine, instance, scope.Configuration, sight.Preferred))
        {
            return null;
        }

        if (scope.Spec.RollbackOf is not { Length: > 0 } rolledBack)
        {
            return TransitionPlan.Decide(
                scope.Spec,
                scope.Steps,
                machine,
                instance,
                scope.Offers,
                scope.Configuration,
                sight.Preferred
            );
        }

        return TransitionMark.Of(machine) is { } mark && mark.Name == rolledBack
            ? TransitionPlan.Back(scope.Spec, machine, instance, mark.From, mark.To, scope.Offers)
            : null;
    }

    /// <summary>What would come of it.</summary>
    private static MachineVerdict Tried(TransitionScope scope, MachineSight sight, TransitionDecision.Change change)
    {
        var (outcome, how) = change switch
        {
            { NeedsRestart: true } when sight.CanRestart => ("Restarting", "at once, by a restart"),
            { NeedsLabel: true } => ("RestartRequired", "from its next restart"),
            _ => ("Updated", sight.Alive is null ? "at once" : "at once: it runs with it already"),
        };
        var message = $"It would get {change.To} in place of {change.From}, {how}.";
        return new(Outcome(sight, outcome, change.From, change.To, "DryRun", message));
    }
}
