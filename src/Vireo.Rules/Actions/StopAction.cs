using Vireo.Api;

namespace Vireo.Rules;

internal static class StopAction
{
    public static ActionDecision Decide(ActionScene scene, StopOptions options) =>
        scene.Gone() ?? (scene.IsActive ? scene.Ask([scene.StopRequest]) : ActionScene.Conflict("VM is not running"));
}
