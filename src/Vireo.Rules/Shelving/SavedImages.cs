using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The images that hold the disks of shelved machines: what they are called, and what is in them.</summary>
/// <remarks>
/// Each run of a guest has an image of its own, named by its instance's identity: saving it twice makes the same image,
/// and an image that no machine names any more is told from one that is just being made.
/// </remarks>
public static class SavedImages
{
    /// <summary>The name of the image of one run of a guest.</summary>
    public static string NameOf(VirtualMachineInstance instance) =>
        $"{PrefixOf(instance.Metadata.Namespace, instance.Metadata.Name)}{instance.Metadata.Uid}";

    /// <summary>What the names of all images of one machine begin with.</summary>
    public static string PrefixOf(string? machineNamespace, string? machine) =>
        $"{KubeVirtNames.SavedImagePrefix}{machineNamespace}/{machine}:";

    /// <summary>Whose disks an image of this name holds; null when it is not one of these.</summary>
    public static (string Namespace, string Machine, string InstanceUid)? Parse(string image) =>
        image.StartsWith(KubeVirtNames.SavedImagePrefix, StringComparison.Ordinal)
        && image.Split('/') is [_, var space, var rest]
        && rest.Split(':') is [var machine, var uid]
            ? (space, machine, uid)
            : null;

    /// <summary>The file of a volume in the image.</summary>
    public static string PathOf(string volume) => $"/disk/{volume}.qcow2";

    /// <summary>The volumes of an instance that its guest writes to and that go when it ends.</summary>
    public static IReadOnlyList<Volume> VolumesIn(VirtualMachineInstanceSpec spec)
    {
        var written = (spec.Domain.Devices.Disks ?? [])
            .Where(disk => disk.Cdrom is null)
            .Select(disk => disk.Name)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (spec.Volumes ?? []).Where(volume =>
                volume is { ContainerDisk: not null } or { EmptyDisk: not null } && written.Contains(volume.Name)
            ),
        ];
    }

    /// <summary>A specification whose disks begin as they were saved.</summary>
    /// <remarks>
    /// A volume for which the owner names another image than the one that the saved disk began as is left alone: that
    /// is what the owner wants now. Disks that only one host has bind the instance to it.
    /// </remarks>
    public static VirtualMachineInstanceSpec Restore(VirtualMachineInstanceSpec spec, SavedDisks? saved)
    {
        if (saved is not { Image: { Length: > 0 }, Volumes: { } kept })
        {
            return spec;
        }

        var volumes = (spec.Volumes ?? []).Select(volume => Restore(volume, saved, kept)).ToList();
        if (volumes.SequenceEqual(spec.Volumes ?? []))
        {
            return spec;
        }

        return spec with
        {
            Volumes = volumes,
            NodeSelector = saved.Host is null
                ? spec.NodeSelector
                : new Dictionary<string, string>(spec.NodeSelector ?? new Dictionary<string, string>())
                {
                    [HostNameLabel] = saved.Host,
                },
        };
    }

    /// <summary>
    /// The machine type that the image of a machine's saved disks names by its label hw_machine_type; null where no
    /// disk comes from there any more, or it names none.
    /// </summary>
    public static string? MachineTypeOf(VirtualMachine machine) =>
        machine.Status?.SavedDisks is { MachineType.Length: > 0 } saved
        && Restore(machine.Spec.Template.Spec, saved) != machine.Spec.Template.Spec
            ? saved.MachineType
            : null;

    /// <summary>What a host saved, as the machine remembers it: with the image that each disk began as.</summary>
    public static SavedDisks Adopt(SavedDisks report, VirtualMachineInstance instance, SavedDisks? before) =>
        report with
        {
            Volumes =
            [
                .. (report.Volumes ?? []).Select(volume =>
                    volume with
                    {
                        From = Origin(volume.Name, instance, before),
                    }
                ),
            ],
        };

    private const string HostNameLabel = "kubernetes.io/hostname";

    private static Volume Restore(Volume volume, SavedDisks saved, IReadOnlyList<SavedVolume> kept) =>
        kept.FirstOrDefault(other => other.Name == volume.Name) is { } disk
        && volume is { ContainerDisk: not null } or { EmptyDisk: not null }
        && disk.From == volume.ContainerDisk?.Image
            ? new()
            {
                Name = volume.Name,
                ContainerDisk = new()
                {
                    Image = saved.Image!,
                    Path = PathOf(volume.Name),
                    ImagePullPolicy = saved.Host is null ? "IfNotPresent" : "Never",
                    ImagePullSecret = saved.PullSecret,
                },
            }
            : volume;

    private static string? Origin(string volume, VirtualMachineInstance instance, SavedDisks? before)
    {
        var image = instance.Spec.Volumes?.FirstOrDefault(other => other.Name == volume)?.ContainerDisk?.Image;
        return image is not null && image == before?.Image
            ? before.Volumes?.FirstOrDefault(other => other.Name == volume)?.From
            : image;
    }
}
