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

    public Task<PreparedDisk> MakeAsync(string volume, HostDisk source, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var path = AllowedPath(volume, source.Path);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            Create(volume, source, path);
            file.Refresh();
        }

        if (file.Length == 0 || file.Length % SectorBytes != 0)
        {
            throw Refused(
                volume,
                $"'{source.Path}' is no raw disk image: its {file.Length} bytes are not whole sectors"
            );
        }

        return Task.FromResult(
            new PreparedDisk(volume, path, "raw", ReadOnly: false, file.Length, BackingDigest: null)
        );
    }

    /// <summary>The path with every link in it followed, if it is still below an allowed folder.</summary>
    private string AllowedPath(string volume, string wanted)
    {
        if (allowedRoots.Count == 0)
        {
            throw Refused(volume, "this host allows no host disks: start its agent with --host-disk-root FOLDER");
        }

        var resolved = Resolve(Path.GetFullPath(wanted));
        return allowedRoots.Select(root => Resolve(Path.GetFullPath(root))).Any(root => IsBelow(resolved, root))
            ? resolved
            : throw Refused(volume, $"'{wanted}' is not below {string.Join(" or ", allowedRoots)}");
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string Resolve(string path)
    {
        var resolved = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            FileSystemInfo entry = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
            resolved = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? resolved;
        }

        return resolved;
    }

    private static void Create(string volume, HostDisk source, string path)
    {
        if (source.Type != "DiskOrCreate")
        {
            throw Refused(volume, $"there is no file '{source.Path}'; with type DiskOrCreate it would be made", true);
        }

        if (source.Capacity is not { } capacity || capacity.Value < SectorBytes)
        {
            throw Refused(volume, $"'{source.Path}' is to be made: say how large with hostDisk.capacity");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.SetLength((capacity.Value + SectorBytes - 1) / SectorBytes * SectorBytes);
        }

        File.Move(draft, path);
    }

    private static DiskException Refused(string volume, string why, bool isTransient = false) =>
        new("InvalidDisk", $"Volume {volume}: {why}.", isTransient);
}
