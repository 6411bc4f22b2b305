using Vireo.Api;

namespace Vireo.Rules;

internal static class RestartAction
{
    public static ActionDecision Decide(ActionScene scene, RestartOptions options) =>
        scene.Gone()
        ?? (
            scene.Instance is null
                ? ActionScene.Conflict("VM is not running: Halted")
                : scene.Ask([scene.StopRequest, StateChangeRequests.Start])
        );
}
