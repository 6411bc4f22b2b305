using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Moves the guest of a virtual machine to another host, whichever can take it.</summary>
internal static class MigrateAction
{
    public static ActionDecision Decide(ActionScene scene, MigrateOptions options) =>
        scene switch
        {
            _ when scene.Gone() is { } gone => gone,
            { Instance: null } => new ActionDecision.Refuse(
                ActionRefusal.NotFound,
                "the VM does not run: start it first"
            ),
            { Instance: { Status.Phase: VirtualMachineInstancePhase.Running } instance } =>
                new ActionDecision.CreateMigration(Of(instance, options)),
            _ => ActionScene.Conflict("VM is not running"),
        };

    private static VirtualMachineInstanceMigration Of(VirtualMachineInstance instance, MigrateOptions options)
    {
        var migration = MigrationNames.Make(instance, MigrationNames.MachinePrefix);
        return migration with { Spec = migration.Spec with { AddedNodeSelector = options.AddedNodeSelector } };
    }
}
