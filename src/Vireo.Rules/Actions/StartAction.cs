using Vireo.Api;

namespace Vireo.Rules;

internal static class StartAction
{
    public static ActionDecision Decide(ActionScene scene, StartOptions options) =>
        scene.Gone()
        ?? (scene.IsActive && !scene.IsStopping ? ActionScene.Conflict("VM is already running") : null)
        ?? scene.Ask([StateChangeRequests.Start]);
}
