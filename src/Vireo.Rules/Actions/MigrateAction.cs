namespace Vireo.Rules;

/// <summary>Moves the guest of a virtual machine to another host: not possible yet.</summary>
internal static class MigrateAction
{
    public static ActionDecision Decide(ActionScene scene) =>
        scene switch
        {
            _ when scene.Gone() is { } gone => gone,
            { Instance: null } => new ActionDecision.Refuse(
                ActionRefusal.NotFound,
                $"VirtualMachineInstance '{scene.Machine.Metadata.Name}' is not there: the VM does not run."
            ),
            { Instance.Status.Phase: Vireo.Api.VirtualMachineInstancePhase.Running } => new ActionDecision.Refuse(
                ActionRefusal.NotImplemented,
                "Live migration is not implemented: restart the VM to have a host chosen for it anew."
            ),
            _ => ActionScene.Conflict("VM is not running"),
        };
}
