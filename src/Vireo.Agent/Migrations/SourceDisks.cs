using System.Xml.Linq;

namespace Vireo.Agent;

/// <summary>The disks of a guest that is to leave, as they are on its host.</summary>
internal static class SourceDisks
{
    /// <summary>The disks of a domain that are files.</summary>
    /// <param name="domain">libvirt's description.</param>
    /// <param name="folder">The guest's folder: what is in it is no other host's.</param>
    /// <param name="mark">Writes beside a file that another host may have as well; gives what was written.</param>
    /// <exception cref="IOException">A disk cannot be read.</exception>
    public static IReadOnlyList<OfferedDisk> Of(XElement domain, string folder, Func<string, string> mark) =>
        [
            .. (domain.Element("devices")?.Elements("disk") ?? [])
                .Select(disk => (Disk: disk, Path: disk.Element("source")?.Attribute("file")?.Value))
                .Where(each => each.Path is not null)
                .Select(each => Read(each.Disk, each.Path!, folder, mark)),
        ];

    private static OfferedDisk Read(XElement disk, string path, string folder, Func<string, string> mark)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var isQcow = disk.Element("driver")?.Attribute("type")?.Value == "qcow2";
        var header = isQcow ? QcowHeader.Read(file) : null;
        var isOwn = path.StartsWith(folder + "/", StringComparison.Ordinal);
        return new(
            ObservedDomain.NameOf(disk) ?? Path.GetFileNameWithoutExtension(path),
            disk.Element("target")?.Attribute("dev")?.Value ?? "",
            path,
            header is null ? RandomAccess.GetLength(file) : (long)header.VirtualSize,
            header?.BackingFile is { } below ? DiskFolder.LayerOf(below) : null,
            disk.Element("readonly") is not null,
            isOwn ? null : mark(path)
        );
    }
}
