using System.Globalization;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Opens disk images in the host's file system, below the folders that its administrator named.</summary>
/// <remarks>
/// They are always taken as raw: a guest can write anything into its disk, also the header of a format that leads to
/// other files of the host.
/// </remarks>
internal sealed class HostDiskMaker(IReadOnlyList<string> allowedRoots)
{
    private const int SectorBytes = 512;

    public async Task<PreparedDisk> MakeAsync(string volume, HostDisk source)
    {
        var path = AllowedPath(source.Path);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            await CreateAsync(source, path);
            file.Refresh();
        }

        return DiskImage.IsWholeSectors(file.Length)
            ? new PreparedDisk(volume, path, "raw", ReadOnly: false, file.Length, BackingDigest: null)
            : throw Refused(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file '{source.Path}' is no raw disk image: its {file.Length} bytes are not whole sectors."
                )
            );
    }

    /// <summary>The path with every link in it followed, if it is still below an allowed folder.</summary>
    private string AllowedPath(string wanted)
    {
        if (allowedRoots.Count == 0)
        {
            throw Refused("This host allows no host disks: start its agent with --host-disk-root FOLDER.");
        }

        if (!wanted.StartsWith('/') || wanted.Contains('\0', StringComparison.Ordinal))
        {
            throw Refused($"hostDisk.path '{wanted}' is no absolute path.");
        }

        var path =
            HostPath.Resolve(wanted) ?? throw Refused($"The links in hostDisk.path '{wanted}' lead in a circle.");
        return allowedRoots.Any(root => HostPath.IsBelow(path, HostPath.Resolve(Path.GetFullPath(root)) ?? root))
            ? path
            : throw Refused($"hostDisk.path '{wanted}' is not below {string.Join(" or ", allowedRoots)}.");
    }

    private static async Task CreateAsync(HostDisk source, string path)
    {
        if (Directory.Exists(path))
        {
            throw Refused($"hostDisk.path '{source.Path}' is a folder: name a file.");
        }

        if (source.Type != "DiskOrCreate")
        {
            throw Refused($"There is no file '{source.Path}'; with type DiskOrCreate it would be made.", true);
        }

        if (source.Capacity is not { Value: > 0 } capacity)
        {
            throw Refused($"The file '{source.Path}' is to be made: say how large with hostDisk.capacity.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await WholeFile.MakeAsync(
            path,
            draft =>
            {
                using var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write);
                file.SetLength((capacity.Value + SectorBytes - 1) / SectorBytes * SectorBytes);
                return Task.CompletedTask;
            },
            // Another guest's, whose agent was faster.
            replace: false
        );
    }

    private static DiskException Refused(string message, bool isTransient = false) =>
        new("InvalidDisk", message, isTransient);
}
