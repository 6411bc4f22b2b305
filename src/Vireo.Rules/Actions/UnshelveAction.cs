using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Brings a virtual machine back from the shelf: what runs of it is its run strategy's to say again.</summary>
/// <remarks>
/// <code>
/// strategy        none    Shelving  Shelved  Offloading  ShelvedOffloaded
/// Always          refuse  refuse    back     back        back
/// RerunOnFailure  refuse  refuse    start    start       start
/// Manual          refuse  refuse    start    start       start
/// Once            refuse  refuse    back     back        back
/// Halted          refuse  refuse    back     back        back
/// </code>
/// That is for a machine that ran when it was shelved; one that did not is back in every case. Start asks for a start
/// as well, because these strategies start nothing by themselves; so does Once while the run that was shelved is not
/// gone yet.
/// </remarks>
internal static class UnshelveAction
{
    public static ActionDecision Decide(ActionScene scene) =>
        scene.Gone()
        ?? scene.Machine.Status?.Shelved switch
        {
            null => ActionScene.Conflict("VM is not shelved"),
            { State: Shelf.Shelving } => ActionScene.Conflict(
                "VM is being shelved: unshelve it once its disks are saved"
            ),
            var shelved => (ActionDecision)Back(scene, shelved),
        };

    private static ActionDecision.ChangeMachine Back(ActionScene scene, ShelvedState shelved)
    {
        var asksForStart =
            shelved.Ran == true
            && (
                scene.Strategy is RunStrategy.Manual or RunStrategy.RerunOnFailure
                || scene is { Strategy: RunStrategy.Once, Instance: not null }
            );
        var start = StateChangeRequests.Start;
        return new(
            scene.Machine with
            {
                Status = StateChangeRequests.Replace(
                    scene.Machine.Status!,
                    scene.Pending,
                    !asksForStart ? []
                        : scene.Instance is null ? [start]
                        : [scene.StopRequest, start]
                ) with
                {
                    Shelved = null,
                },
            }
        );
    }
}
