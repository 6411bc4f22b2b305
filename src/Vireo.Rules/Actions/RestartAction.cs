using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Replaces the instance of a virtual machine by a new one.</summary>
/// <remarks>
/// <code>
/// strategy        absent  active  stopping  restarting  deleting  succeeded  failed  orphan  foreign
/// Always          refuse  again   again     -           again     again      again   refuse  refuse
/// RerunOnFailure  refuse  again   again     -           again     again      again   refuse  refuse
/// Manual          refuse  again   again     -           again     again      again   refuse  refuse
/// Once            refuse  refuse  refuse    refuse      refuse    refuse     refuse  refuse  refuse
/// Halted          refuse  refuse  refuse    refuse      refuse    refuse     refuse  refuse  refuse
/// </code>
/// Stopping: alive, with a stop in status that is not carried out yet. Restarting: so, with a start behind it. Again
/// asks for the end of the instance, and then for a start. A grace period of 0 cuts short what time the guest has left,
/// whoever gave it to it.
/// </remarks>
internal static class RestartAction
{
    public static ActionDecision Decide(ActionScene scene, RestartOptions options) =>
        Unfit(options.GracePeriodSeconds)
        ?? scene.Gone()
        ?? scene.OnShelf()
        ?? VolumesChange(scene)
        ?? (
            scene switch
            {
                { Strategy: not (RunStrategy.Always or RunStrategy.RerunOnFailure or RunStrategy.Manual) } =>
                // KubeVirt spells it so, and clients compare it.
                ActionScene.Conflict($"RunStategy {scene.Strategy} does not support manual restart requests"),
                { Instance: null } => ActionScene.Conflict("VM is not running: Halted"),
                { IsAskedToStart: true } => scene.Ask(scene.Pending, options.GracePeriodSeconds),
                _ => scene.Ask([scene.StopRequest, StateChangeRequests.Start], options.GracePeriodSeconds),
            }
        );

    private static ActionDecision.Refuse? Unfit(long? gracePeriod) =>
        gracePeriod switch
        {
            > 0 => new(ActionRefusal.BadRequest, "For force restart, only gracePeriod=0 is supported for now"),
            < 0 => new(
                ActionRefusal.BadRequest,
                $"gracePeriodSeconds: {gracePeriod} must not be negative: give 0, or leave it out."
            ),
            _ => null,
        };

    private static ActionDecision.Refuse? VolumesChange(ActionScene scene) =>
        Conditions.IsTrue(scene.Machine.Status?.Conditions, "VolumesChange")
            ? ActionScene.Conflict("The VM's volumes are being changed: restart it when that is over")
            : null;
}
