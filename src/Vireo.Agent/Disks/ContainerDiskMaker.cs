using System.Collections.Concurrent;
using Vireo.Api;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>Makes disks from container images: the image's disk below, the instance's changes above it.</summary>
internal sealed class ContainerDiskMaker(ImageStore store, DiskCache disks, DiskImages images, SecretReader secrets)
{
    private readonly ConcurrentDictionary<string, int> _failedPulls = new(StringComparer.Ordinal);

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
        if (!File.Exists(below) || !File.Exists(overlay))
        {
            var image = await FindAsync(vmi, source, ct);
            var (path, _) = await disks.GetAsync(image, source.Path, ct);
            // The link tells the store that the disk is in use: the image may be removed while the guest runs.
            File.Delete(below);
            File.CreateSymbolicLink(below, path);
        }

        var found = await images.ExamineAsync(below, volume, ct);
        await images.OverlayAsync(overlay, below, found.Format, ct);
        return new PreparedDisk(volume, overlay, "qcow2", ReadOnly: false, found.VirtualSize, BackingDigest: null);
    }

    private async Task<OciDescriptor> FindAsync(
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

    private async Task PullAsync(VirtualMachineInstance vmi, ContainerDiskSource source, CancellationToken ct)
    {
        using var credentials = source.ImagePullSecret is { } secret
            ? await secrets.WriteCredentialsAsync(new ResourceKey(vmi.Metadata.Namespace, secret), ct)
            : null;
        try
        {
            await store.PullAsync(source.Image, credentials?.Path, ct);
            _failedPulls.TryRemove(source.Image, out _);
        }
        catch (ImageException e) when (e.IsTransient)
        {
            var failures = _failedPulls.AddOrUpdate(source.Image, 1, (_, count) => count + 1);
            throw new DiskException(failures == 1 ? "ErrImagePull" : "ImagePullBackOff", e.Message, isTransient: true);
        }
    }
}
