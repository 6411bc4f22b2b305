using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Saves the disks of an instance whose guest is gone.</summary>
/// <param name="instance">The instance.</param>
/// <param name="folder">Its folder, which stays until its disks are saved.</param>
/// <param name="ct">Ends the try; another one goes on from there.</param>
internal delegate Task<SavedDisks> SaveDisks(VirtualMachineInstance instance, string folder, CancellationToken ct);

/// <summary>Makes an image in the host's store from the disks that a guest has written to.</summary>
/// <remarks>
/// Each disk is flattened, so that it needs no other image, and becomes a layer of its own. What is made is made in the
/// instance's folder and appears there whole: a try that was cut short goes on with what it finds. The image appears in
/// the store last, whole and on the disk.
/// </remarks>
/// <param name="store">The host's images.</param>
/// <param name="images">Flattens disks.</param>
/// <param name="node">The host's name.</param>
/// <param name="time">Dates what is saved.</param>
internal sealed class DiskSaver(ImageStore store, DiskImages images, string node, TimeProvider time)
{
    /// <summary>The property of an image that names the machine type of its guests.</summary>
    private const string MachineTypeLabel = "hw_machine_type";

    /// <exception cref="DiskException">A disk cannot be flattened.</exception>
    /// <exception cref="IOException">The host's disk is full, or broken.</exception>
    public async Task<SavedDisks> SaveAsync(VirtualMachineInstance instance, string folder, CancellationToken ct)
    {
        var name = SavedImages.NameOf(instance);
        var disks = SavedImages
            .VolumesIn(instance.Spec)
            .Select(volume => (volume.Name, Path: Path.Combine(folder, "disks", $"{volume.Name}.qcow2")))
            .Where(disk => File.Exists(disk.Path))
            .ToList();
        if (disks is [])
        {
            return new SavedDisks { SavedAt = time.GetUtcNow() };
        }

        var image = store.Find(name) ?? await MakeAsync(instance, name, folder, disks, ct);
        return new SavedDisks
        {
            Image = name,
            Host = node,
            MachineType = instance.Status?.Machine?.Type,
            SavedAt = time.GetUtcNow(),
            Volumes =
            [
                .. disks.Zip(
                    image.Layers,
                    (disk, layer) => new SavedVolume { Name = disk.Name, SizeBytes = layer.Size }
                ),
            ],
        };
    }

    private async Task<ImageContent> MakeAsync(
        VirtualMachineInstance instance,
        string name,
        string folder,
        IReadOnlyList<(string Name, string Path)> disks,
        CancellationToken ct
    )
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "saving")).FullName;
        var layers = new List<string>();
        foreach (var (volume, disk) in disks)
        {
            var layer = Path.Combine(place, $"{volume}.tar");
            layers.Add(layer);
            if (!File.Exists(layer))
            {
                var flat = Path.Combine(place, $"{volume}.qcow2");
                await images.FlattenAsync(disk, flat, ct);
                await BuiltImage.PackAsync(flat, SavedImages.PathOf(volume), layer);
                // The layer has it: no more room than needed is taken at a time.
                File.Delete(flat);
            }
        }

        var labels = instance.Status?.Machine?.Type is { } type
            ? new Dictionary<string, string> { [MachineTypeLabel] = type }
            : [];
        var built = await BuiltImage.OfAsync(layers, instance.Spec.Architecture ?? "amd64", labels, place, ct);
        await store.AddBuiltAsync(name, built, ct);
        return store.Find(name) ?? throw new ImageException($"The image {name} was removed while it was made.", true);
    }
}
