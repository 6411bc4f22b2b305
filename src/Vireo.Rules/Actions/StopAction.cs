using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Stops a virtual machine.</summary>
/// <remarks>
/// <code>
/// strategy        absent  to-come  active  stopping  deleting  succeeded  failed  orphan  foreign
/// Halted          refuse  refuse   refuse  refuse    refuse    refuse     refuse  refuse  refuse
/// RerunOnFailure  refuse  forget   stop    -         -         refuse     stop    refuse  refuse
/// Manual          refuse  forget   stop    -         -         refuse     refuse  refuse  refuse
/// Always          halt    halt     end     end       end       halt       halt    halt    halt
/// Once            halt    halt     end     end       end       halt       halt    halt    halt
/// </code>
/// To come: absent, with a start in status. Stopping: alive, with a stop in status that is not carried out yet. Stop
/// asks for the end of the instance, in place of what was asked before; forget takes the start back; halt sets Halted,
/// or <c>running: false</c> where that form is used, and remembers the strategy for the next start; end does so as well
/// and asks for the end of the instance, which ends then whatever strategy is set before the controllers look. With a
/// grace period the guest's own is replaced; while it stops already, only a shorter one is taken, under Halted as
/// well.
/// </remarks>
internal static class StopAction
{
    public static ActionDecision Decide(ActionScene scene, StopOptions options) =>
        Negative(options.GracePeriod)
        ?? scene.Gone()
        ?? (scene.Machine.Status?.Shelved is null ? null : OnShelf(scene, options.GracePeriod))
        ?? scene.Strategy switch
        {
            RunStrategy.Halted => UnderHalted(scene, options.GracePeriod),
            RunStrategy.RerunOnFailure or RunStrategy.Manual => TooLong(scene, options.GracePeriod)
                ?? Ask(scene, options.GracePeriod),
            RunStrategy.Always or RunStrategy.Once => TooLong(scene, options.GracePeriod)
                ?? Halt(scene, options.GracePeriod),
            var strategy => ActionScene.Conflict($"{strategy} does not support manual stop requests"),
        };

    /// <summary>What is shelved runs nothing, or is on its way there: that can be told to hurry.</summary>
    private static ActionDecision OnShelf(ActionScene scene, long? gracePeriod) =>
        scene.IsActive && gracePeriod < scene.GracePeriod ? new ActionDecision.ShortenGrace(gracePeriod.Value)
        : scene.IsActive ? ActionScene.Conflict("VM is being shelved and stops already")
        : ActionScene.Conflict("VM is not running: it is shelved");

    private static ActionDecision UnderHalted(ActionScene scene, long? gracePeriod) =>
        scene.IsActive switch
        {
            false => NotRunning,
            _ when gracePeriod < scene.GracePeriod => new ActionDecision.ShortenGrace(gracePeriod.Value),
            _ => ActionScene.Conflict("Halted only supports manual stop requests with a shorter graceperiod"),
        };

    private static ActionDecision Ask(ActionScene scene, long? gracePeriod) =>
        scene switch
        {
            { IsDeleting: true, Pending: [] } when scene.IsActive => scene.Ask([], gracePeriod),
            { IsActive: true } => scene.Ask([scene.StopRequest], gracePeriod),
            { Strategy: RunStrategy.RerunOnFailure, IsDeleting: false }
                when scene.Instance?.Status?.Phase is VirtualMachineInstancePhase.Failed => scene.Ask([
                scene.StopRequest,
            ]),
            { IsAskedToStart: true } => scene.Ask([]),
            _ => NotRunning,
        };

    private static ActionDecision Halt(ActionScene scene, long? gracePeriod)
    {
        var machine = scene.Machine;
        var isOldForm = machine.Spec.Running is not null;
        return new ActionDecision.ChangeMachine(
            machine with
            {
                Spec = isOldForm
                    ? machine.Spec with
                    {
                        Running = false,
                    }
                    : machine.Spec with
                    {
                        RunStrategy = RunStrategy.Halted,
                    },
                Status = StateChangeRequests.Replace(
                    machine.Status ?? new(),
                    scene.Pending,
                    scene.IsActive ? [scene.StopRequest] : []
                ) with
                {
                    RunStrategyBeforeStop = isOldForm ? null : machine.Spec.RunStrategy,
                },
            },
            scene.Changed(gracePeriod)
        );
    }

    private static ActionDecision.Refuse NotRunning => ActionScene.Conflict("VM is not running");

    private static ActionDecision.Refuse? TooLong(ActionScene scene, long? gracePeriod) =>
        scene is { IsActive: true, IsStopping: true } && gracePeriod > scene.GracePeriod
            ? ActionScene.Conflict(
                $"VM is already stopping: gracePeriod must be shorter than the {scene.GracePeriod} seconds it has"
            )
            : null;

    private static ActionDecision.Refuse? Negative(long? gracePeriod) =>
        gracePeriod < 0
            ? new(
                ActionRefusal.BadRequest,
                $"gracePeriod: {gracePeriod} must not be negative; 0 gives the guest no time to shut down."
            )
            : null;
}
