using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Makes the volumes of an instance ready to be disks: each kind of volume by its own maker.</summary>
/// <remarks>
/// Each file is made under another name and moved into place, so that it is there whole or not at all.
/// </remarks>
internal sealed class DiskPreparer(
    ContainerDiskMaker containerDisks,
    CloudInitMaker cloudInit,
    HostDiskMaker hostDisks,
    DiskImages images
)
{
    /// <summary>QEMU may run as another user, who must get to its own disks.</summary>
    private const UnixFileMode PassThrough =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>Makes every volume ready; does nothing for those that are.</summary>
    /// <exception cref="DiskException">A volume cannot be made ready.</exception>
    public async Task<IReadOnlyList<PreparedDisk>> PrepareAsync(
        VirtualMachineInstance vmi,
        string instanceFolder,
        CancellationToken ct
    )
    {
        var folder = Path.Combine(instanceFolder, "disks");
        Directory.CreateDirectory(folder, PassThrough);
        return await Task.WhenAll((vmi.Spec.Volumes ?? []).Select(volume => PrepareOneAsync(vmi, volume, folder, ct)));
    }

    private async Task<PreparedDisk> PrepareOneAsync(
        VirtualMachineInstance vmi,
        Volume volume,
        string folder,
        CancellationToken ct
    )
    {
        try
        {
            return await MakeAsync(vmi, volume, folder, ct);
        }
        catch (DiskException e)
        {
            throw Named(volume, e.Reason, e.Message, e.IsTransient);
        }
        catch (ImageException e)
        {
            throw Named(volume, e.IsTransient ? "ErrImagePull" : "InvalidDisk", e.Message, e.IsTransient);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Named(volume, "FailedDisk", e.Message, isTransient: true);
        }
    }

    private async Task<PreparedDisk> MakeAsync(
        VirtualMachineInstance vmi,
        Volume volume,
        string folder,
        CancellationToken ct
    ) =>
        volume switch
        {
            // It becomes a file's name.
            _ when volume.Name.Contains('/', StringComparison.Ordinal) => throw new DiskException(
                "InvalidDisk",
                "A volume's name has no '/'.",
                isTransient: false
            ),
            { ContainerDisk: { } source } => await containerDisks.MakeAsync(vmi, volume.Name, source, folder, ct),
            { CloudInitNoCloud: { } source } => await cloudInit.MakeAsync(vmi, volume.Name, source, folder, ct),
            { EmptyDisk: { } source } => await MakeEmptyAsync(volume.Name, source, folder, ct),
            { HostDisk: { } source } => await hostDisks.MakeAsync(volume.Name, source),
            _ => throw new DiskException("InvalidDisk", "It names no source.", isTransient: false),
        };

    private async Task<PreparedDisk> MakeEmptyAsync(
        string volume,
        EmptyDiskSource source,
        string folder,
        CancellationToken ct
    )
    {
        var path = Path.Combine(folder, $"{volume}.qcow2");
        await images.CreateAsync(path, source.Capacity.Value, ct);
        return new PreparedDisk(volume, path, "qcow2", ReadOnly: false, source.Capacity.Value, BackingDigest: null);
    }

    private static DiskException Named(Volume volume, string reason, string message, bool isTransient) =>
        new(reason, $"Volume {volume.Name}: {message}", isTransient);
}
