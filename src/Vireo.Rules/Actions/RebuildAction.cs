using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes the root disk of a virtual machine anew, from its image or another one.</summary>
/// <remarks>
/// <code>
/// strategy        absent  active   stopping  deleting  succeeded  failed
/// Always          clear   restart  clear     clear     clear      clear
/// RerunOnFailure  clear   restart  clear     clear     clear      clear
/// Manual          clear   restart  clear     clear     clear      clear
/// Once            clear   restart  clear     clear     clear      clear
/// Halted          clear   clear    clear     clear     clear      clear
/// </code>
/// Clear forgets the saved root disk and the recorded machine type, so that the next boot takes what the image, the
/// template or the defaults say and records that; until then it stays marked as rebuilt, and an instance that is there
/// is remembered, so that neither is a reason to record a machine type again. Restart does so as well and replaces the
/// instance. What stops already stays off as it was asked to. The root disk is the first in the boot order, else the
/// first of the specification, CD-ROMs left out. Other disks that were saved stay saved.
/// </remarks>
internal static class RebuildAction
{
    public static ActionDecision Decide(ActionScene scene, RebuildOptions options) =>
        scene.Gone()
        ?? scene.OnShelf()
        ?? RootOf(scene.Machine) switch
        {
            null => ActionScene.Conflict("VM has no disk that could be made anew"),
            { HostDisk: { } disk } root => ActionScene.Conflict(
                $"Its root disk '{root.Name}' is the host's own disk {disk.Path}, which Vireo does not make anew: stop the "
                    + "VM and replace the file"
            ),
            { ContainerDisk: null } root when options.Image is { Length: > 0 } => ActionScene.Conflict(
                $"Its root disk '{root.Name}' is made from no image: leave image out, or name one in the template"
            ),
            var root => (ActionDecision)Rebuild(scene, root, options.Image),
        };

    private static ActionDecision.ChangeMachine Rebuild(ActionScene scene, Volume root, string? image)
    {
        var machine = scene.Machine;
        var status = machine.Status ?? new();
        var requests = scene is { IsActive: true, IsStopping: false }
            ? StateChangeRequests.Replace(status, scene.Pending, [scene.StopRequest, StateChangeRequests.Start])
            : status;
        return new(
            machine with
            {
                Spec = image is { Length: > 0 } ? WithImage(machine.Spec, root, image) : machine.Spec,
                Status = requests with
                {
                    SavedDisks = Without(status.SavedDisks, root.Name),
                    MachineType = null,
                    Rebuilt = true,
                    ReplacedInstance = scene.Instance?.Metadata.Uid,
                    StartFailure = null,
                },
            }
        );
    }

    private static Volume? RootOf(VirtualMachine machine)
    {
        var spec = machine.Spec.Template.Spec;
        return (spec.Domain.Devices.Disks ?? [])
            .Where(disk => disk.Cdrom is null)
            .OrderBy(disk => disk.BootOrder ?? int.MaxValue)
            .Select(disk => spec.Volumes?.FirstOrDefault(volume => volume.Name == disk.Name))
            .FirstOrDefault(volume =>
                volume is { ContainerDisk: not null } or { EmptyDisk: not null } or { HostDisk: not null }
            );
    }

    private static VirtualMachineSpec WithImage(VirtualMachineSpec spec, Volume root, string image) =>
        spec with
        {
            Template = spec.Template with
            {
                Spec = spec.Template.Spec with
                {
                    Volumes =
                    [
                        .. spec.Template.Spec.Volumes!.Select(volume =>
                            volume.Name == root.Name
                                ? volume with
                                {
                                    ContainerDisk = volume.ContainerDisk! with { Image = image },
                                }
                                : volume
                        ),
                    ],
                },
            },
        };

    private static SavedDisks? Without(SavedDisks? saved, string volume) =>
        (saved?.Volumes ?? []).Where(other => other.Name != volume).ToList() is { Count: > 0 } left
            ? saved! with
            {
                Volumes = left,
            }
            : null;
}
