using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Makes disks from container images: the image's disk below, the instance's changes above it.</summary>
internal sealed class ContainerDiskMaker(ImageStore store, DiskCache disks, DiskImages images, SecretReader secrets)
{
    private readonly ConcurrentDictionary<string, bool> _failedPulls = new(StringComparer.Ordinal);

    public async Task<PreparedDisk> MakeAsync(
        VirtualMachineInstance vmi,
        string volume,
        ContainerDiskSource source,
        string folder,
        CancellationToken ct
    )
    {
        var overlay = Path.Combine(folder, $"{volume}.qcow2");
        var below = Path.Combine(folder, $"{volume}.base");
        var disk = new FileInfo(below).LinkTarget;
        if (!File.Exists(overlay) || !File.Exists(disk))
        {
            var image = await FindAsync(vmi, source, ct);
            var path = string.IsNullOrEmpty(source.Path) ? null : source.Path;
            // The link tells the store that the disk is in use: the image may be removed while the guest runs.
            disk = await disks.LinkAsync(image, path, below, ct);
            await images.OverlayAsync(overlay, disk, ct);
        }

        var size = DiskImage.Read(disk).VirtualSize;
        return new PreparedDisk(volume, overlay, "qcow2", ReadOnly: false, size, DiskFolder.LayerOf(disk));
    }

    private async Task<ImageContent> FindAsync(
        VirtualMachineInstance vmi,
        ContainerDiskSource source,
        CancellationToken ct
    )
    {
        var present = store.Find(source.Image);
        switch (source.ImagePullPolicy)
        {
            case "Never":
                return present
                    ?? throw new ImageException(
                        $"The image {source.Image} is not in the host's store and its imagePullPolicy is Never: load it "
                            + "with 'vireo image load', or change the policy.",
                        isTransient: true
                    );
            case not "Always" when present is not null:
                return present;
            default:
                await PullAsync(vmi, source, ct);
                return store.Find(source.Image)
                    ?? throw new ImageException($"The image {source.Image} was removed while it was pulled.", true);
        }
    }

    /// <remarks>As Kubernetes tells it: the first try fails with an error, the next ones come after pauses.</remarks>
    private async Task PullAsync(VirtualMachineInstance vmi, ContainerDiskSource source, CancellationToken ct)
    {
        var credentials = string.IsNullOrEmpty(source.ImagePullSecret)
            ? null
            : await secrets.ReadCredentialsAsync(new ResourceKey(vmi.Metadata.Namespace, source.ImagePullSecret), ct);
        try
        {
            await store.PullAsync(source.Image, credentials, ct);
            _failedPulls.TryRemove(source.Image, out _);
        }
        catch (ImageException e) when (e.IsTransient)
        {
            var reason = _failedPulls.TryAdd(source.Image, true) ? "ErrImagePull" : "ImagePullBackOff";
            throw new DiskException(reason, e.Message, isTransient: true);
        }
    }
}
