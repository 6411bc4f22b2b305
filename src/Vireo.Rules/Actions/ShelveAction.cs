using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Shelves a virtual machine: ends its guest, saves its disks, and lets nothing run until it is unshelved.
/// </summary>
/// <remarks>
/// <code>
/// state             absent   active  stopping  deleting  succeeded  failed  lost
/// none              shelved  save    save      save      shelved    shelved refuse
/// Shelving          refuse   refuse  refuse    refuse    refuse     refuse  refuse
/// Shelved           refuse   refuse  refuse    refuse    refuse     refuse  refuse
/// Offloading        refuse   refuse  refuse    refuse    refuse     refuse  refuse
/// ShelvedOffloaded  refuse   refuse  refuse    refuse    refuse     refuse  refuse
/// </code>
/// That is without offload. With it a machine that is shelved, or about to be, is told where its disks are to go, also
/// when they could not get to the place named before. Lost: its host does not report. A guest that has ended has no
/// disks left to save.
/// </remarks>
internal static class ShelveAction
{
    public static ActionDecision Decide(ActionScene scene, ShelveOptions options) =>
        Unfit(options)
        ?? scene.Gone()
        ?? (
            scene.Machine.Status?.Shelved is { } shelved
                ? Again(scene, shelved, options)
                : Lost(scene)
                    ?? HostDisk(scene, options)
                    ?? Homeless(scene, options)
                    ?? (ActionDecision)Shelve(scene, options)
        );

    private static ActionDecision.ChangeMachine Shelve(ActionScene scene, ShelveOptions options)
    {
        var status = scene.Machine.Status ?? new();
        var asked = new ShelvedState
        {
            State = Shelf.Shelving,
            Instance = scene.IsActive ? scene.Instance!.Metadata.Uid : null,
            Ran = scene.IsAskedToStart || (scene.IsActive && !scene.IsStopping) ? true : null,
            Offload = options.Offload == true ? true : null,
            OffloadTo = Target(options),
            OffloadSecret = Secret(options),
        };
        return new ActionDecision.ChangeMachine(
            scene.Machine with
            {
                Status = StateChangeRequests.Replace(status, scene.Pending, []) with
                {
                    Shelved = scene.IsActive ? asked : Shelf.AtRest(asked, status.SavedDisks),
                    StartFailure = null,
                },
            },
            SavesDisks: HasToSave(scene)
        );
    }

    private static ActionDecision Again(ActionScene scene, ShelvedState shelved, ShelveOptions options)
    {
        if (options.Offload != true)
        {
            return ActionScene.Conflict(
                shelved.State is Shelf.Shelving ? "VM is being shelved already" : "VM is already shelved"
            );
        }

        if (shelved.State is Shelf.ShelvedOffloaded)
        {
            return ActionScene.Conflict("VM is already shelved and offloaded");
        }

        if (shelved.Offload == true && shelved.OffloadTo == Target(options) && shelved.OffloadSecret == Secret(options))
        {
            return new ActionDecision.Nothing();
        }

        var next = shelved with
        {
            Offload = true,
            OffloadTo = Target(options),
            OffloadSecret = Secret(options),
            Message = null,
        };
        return HostDisk(scene, options)
            ?? Homeless(scene, options)
            ?? (ActionDecision)
                new ActionDecision.ChangeMachine(
                    scene.Machine with
                    {
                        Status = scene.Machine.Status! with
                        {
                            Shelved =
                                shelved.State is Shelf.Shelving
                                    ? next
                                    : Shelf.AtRest(next, scene.Machine.Status.SavedDisks),
                        },
                    }
                );
    }

    private static bool HasToSave(ActionScene scene) =>
        scene.IsActive && SavedImages.VolumesIn(scene.Instance!.Spec) is not [];

    private static ActionDecision.Refuse? Unfit(ShelveOptions options) =>
        options switch
        {
            { Offload: not true } when Target(options) is not null || Secret(options) is not null => new(
                ActionRefusal.BadRequest,
                "image and imageSecret: they say where disks go that no host is to keep: set offload as well."
            ),
            { Image: { Length: > 0 } image } when !ContainerDiskRules.IsName(image) => new(
                ActionRefusal.BadRequest,
                $"image: '{image}' is no name of an image: write it like registry.example:5000/folder/name:tag."
            ),
            { Image: { Length: > 0 } image }
                when image.StartsWith(KubeVirtNames.SavedImagePrefix, StringComparison.Ordinal)
                    || image.Contains('@', StringComparison.Ordinal) => new(
                ActionRefusal.BadRequest,
                $"image: '{image}' is no place in a registry: write it like registry.example:5000/folder/name:tag."
            ),
            _ => null,
        };

    private static ActionDecision.Refuse? HostDisk(ActionScene scene, ShelveOptions options) =>
        options.Offload == true
        && scene.Machine.Spec.Template.Spec.Volumes?.FirstOrDefault(volume => volume.HostDisk is not null) is { } kept
            ? ActionScene.Conflict(
                $"Its volume '{kept.Name}' is the host's own disk {kept.HostDisk!.Path}, which stays there: the VM can be "
                    + "shelved, but not offloaded"
            )
            : null;

    private static ActionDecision.Refuse? Homeless(ActionScene scene, ShelveOptions options) =>
        options.Offload == true
        && Target(options) is null
        && (
            scene.Machine.Status?.SavedDisks?.Host is not null
            || (scene.Machine.Status?.Shelved?.Instance is null ? HasToSave(scene) : true)
        )
            ? new(
                ActionRefusal.BadRequest,
                "image: its disks are on a host: name the image in a registry that they are to be copied to."
            )
            : null;

    private static ActionDecision.Refuse? Lost(ActionScene scene) =>
        scene.Instance?.Status is { Phase: VirtualMachineInstancePhase.Unknown, NodeName: var host }
            ? ActionScene.Conflict($"Host '{host}' does not report: the disks that it has cannot be saved now")
            : null;

    private static string? Target(ShelveOptions options) => options.Image is { Length: > 0 } image ? image : null;

    private static string? Secret(ShelveOptions options) =>
        options.ImageSecret is { Length: > 0 } secret ? secret : null;
}
