using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>The shelf of a simulated host: its images are names only, as its disks are.</summary>
internal sealed class SimulatedShelf(string node)
{
    public Task<SavedDisks> SaveAsync(VirtualMachineInstance instance, string folder, CancellationToken ct) =>
        Task.FromResult(
            new SavedDisks
            {
                Image = SavedImages.NameOf(instance),
                Host = node,
                MachineType = instance.Status?.Machine?.Type,
                Volumes =
                [
                    .. SavedImages.VolumesIn(instance.Spec).Select(volume => new SavedVolume { Name = volume.Name }),
                ],
            }
        );

    public static Task<string> PushAsync(string image, string target, byte[]? credentials, CancellationToken ct) =>
        Task.FromResult(target);
}
