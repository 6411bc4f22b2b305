using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Where a machine is that a transition has changed.</summary>
/// <remarks>
/// Decided from what is there alone, so that it holds after any end of the controllers. A restart is asked for only
/// while the instance lives that the mark names, and is not yet asked to end: never twice.
/// </remarks>
internal sealed class MarkedMachine(MachineSight sight, TransitionMark mark, bool restartsNow)
{
    /// <summary>What came of it, and what to do next.</summary>
    /// <param name="sight">The machine.</param>
    /// <param name="mark">What the transition left on it.</param>
    /// <param name="restartsNow">True when the transition restarts machines itself.</param>
    public static MachineVerdict Judge(MachineSight sight, TransitionMark mark, bool restartsNow) =>
        new MarkedMachine(sight, mark, restartsNow).Judge();

    private MachineVerdict Judge() =>
        sight.Template != mark.To
            ? Told(
                "Unchanged",
                "EditedSince",
                $"The template was changed to {mark.To} and then, by somebody else, to {sight.Template ?? "no type"}."
            )
        : sight.Alive is null ? Off()
        : On();

    private MachineVerdict Off() =>
        sight switch
        {
            _ when mark.Resume is not null && RunStrategies.Of(sight.Machine) is RunStrategy.Halted => Told(
                "Restarting",
                "Stopped",
                "It has stopped, and is started again.",
                MoveStep.Start
            ),
            { IsToStart: true, Trouble: { } trouble } when mark.Instance is not null => Told(
                "Failed",
                trouble,
                $"It was changed to {mark.To} and stopped, and does not start again: see its conditions."
            ),
            { IsToStart: true } when restartsNow && mark.Instance is not null => Told(
                "Restarting",
                "Starting",
                "It has stopped, and starts again."
            ),
            _ => Told("Updated", "Stopped", $"It has {mark.To} at its next start."),
        };

    private MachineVerdict On() =>
        sight switch
        {
            { Running: var type } when type == mark.To => Up(),
            { Alive.Metadata.Uid: var uid } when uid != mark.Instance && mark.Instance is not null => Told(
                "Failed",
                "NotInEffect",
                $"It was restarted, and runs with {sight.Running ?? "no known type"}: restart it again."
            ),
            _ when mark.Instance is null => Told(
                "RestartRequired",
                "StartedMeanwhile",
                $"It was started with {sight.Running ?? mark.From} while it was changed.",
                MoveStep.Label
            ),
            _ => Old(),
        };

    private MachineVerdict Up() =>
        sight switch
        {
            { Alive.Metadata.Uid: var uid } when uid == mark.Instance => Told(
                "Updated",
                "Running",
                $"It runs with {mark.To}."
            ),
            { IsUp: false, Trouble: { } trouble } => Told(
                "Failed",
                trouble,
                $"It was restarted with {mark.To} and does not come up: see its conditions."
            ),
            { IsUp: false } when restartsNow => Told("Restarting", "Starting", $"It starts with {mark.To}."),
            _ => Told("Updated", "Restarted", $"It runs with {mark.To}."),
        };

    private MachineVerdict Old() =>
        sight switch
        {
            { IsEnding: true } when restartsNow => Told("Restarting", "Stopping", "It is stopping, to start again."),
            { IsEnding: true } => Told("RestartRequired", "Stopping", $"It is stopping; then it has {mark.To}."),
            _ when !restartsNow => Told(
                "RestartRequired",
                "AwaitsRestart",
                $"It runs with {sight.Running ?? mark.From} and has {mark.To} from its next restart."
            ),
            { IsLost: true } => Told(
                "RestartRequired",
                "HostAway",
                $"Host '{sight.Alive?.Status?.NodeName}' does not report: it is restarted when the host is back."
            ),
            { IsPaused: true } => Told(
                "RestartRequired",
                "Paused",
                "The guest is paused, and a restart would make it run: restart it when that suits."
            ),
            { IsMigrating: true } => Told("RestartRequired", "Migrating", "It is restarted when it has moved."),
            _ => Ask(),
        };

    private MachineVerdict Ask() =>
        RunStrategies.Of(sight.Machine) switch
        {
            RunStrategy.Always or RunStrategy.RerunOnFailure or RunStrategy.Manual => Told(
                "Waiting",
                "AwaitsPlace",
                "It is changed, and restarted when there is a place among those that restart.",
                MoveStep.Restart
            ) with
            {
                Restarts = true,
            },
            RunStrategy.Once => Told(
                "Waiting",
                "AwaitsPlace",
                "It is changed, and stopped and started when there is a place among those that restart.",
                MoveStep.Stop
            ) with
            {
                Restarts = true,
            },
            // Somebody halted it: it ends by itself.
            _ => Told("RestartRequired", "Stopping", $"It is being halted; then it has {mark.To}."),
        };

    private MachineVerdict Told(string outcome, string reason, string message, MoveStep step = MoveStep.None) =>
        new(TransitionVerdicts.Outcome(sight, outcome, mark.From, mark.To, reason, message), step);
}
