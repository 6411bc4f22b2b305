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
    private const string Create = "DiskOrCreate";

    public PreparedDisk Make(string volume, HostDisk source)
    {
        var path = AllowedPath(source.Path);
        var file = new FileInfo(path);
        if (!file.Exists || (file.Length == 0 && source.Type == Create))
        {
            Size(source, path);
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

    /// <summary>Makes a disk, also of the empty file that an earlier try left.</summary>
    private static void Size(HostDisk source, string path)
    {
        if (Directory.Exists(path))
        {
            throw Refused($"hostDisk.path '{source.Path}' is a folder: name a file.");
        }

        if (source.Type != Create)
        {
            throw Refused($"There is no file '{source.Path}'; with type DiskOrCreate it would be made.", true);
        }

        if (source.Capacity is not { Value: > 0 } capacity)
        {
            throw Refused($"The file '{source.Path}' is to be made: say how large with hostDisk.capacity.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(path, options);
        if (file.Length == 0)
        {
            file.SetLength((capacity.Value + SectorBytes - 1) / SectorBytes * SectorBytes);
        }
    }

    private static DiskException Refused(string message, bool isTransient = false) =>
        new("InvalidDisk", message, isTransient);
}
