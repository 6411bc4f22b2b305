using System.Security.Cryptography;
using System.Text;

namespace Vireo.Agent;

/// <summary>Where the disks of images lie unpacked: a folder for each layer.</summary>
/// <param name="stateFolder">The host's state folder.</param>
internal sealed class DiskFolder(string stateFolder)
{
    private readonly string _folder = Path.Combine(stateFolder, "images", "disks");

    /// <summary>The file of a layer's disk.</summary>
    /// <param name="layer">The layer's digest.</param>
    /// <param name="path">The file in the image; null for the one in /disk.</param>
    public string PathOf(string layer, string? path)
    {
        var file = path is null ? "disk" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        return Path.Combine(_folder, layer.Replace(':', '-'), file);
    }

    /// <summary>The digest of the layer that a disk is from.</summary>
    public static string LayerOf(string disk) => Path.GetFileName(Path.GetDirectoryName(disk)!).Replace('-', ':');

    /// <summary>Removes the disks of every layer but these and those that guests use.</summary>
    public void KeepOnly(IEnumerable<string> layers)
    {
        var wanted = layers.Concat(InUse()).ToHashSet(StringComparer.Ordinal);
        foreach (var layer in Directory.Exists(_folder) ? Directory.EnumerateDirectories(_folder) : [])
        {
            if (!wanted.Contains(LayerOf(Path.Combine(layer, "disk"))))
            {
                Directory.Delete(layer, recursive: true);
            }
        }
    }

    /// <summary>The layers that the links in the instances' folders lead to.</summary>
    private IEnumerable<string> InUse() =>
        InstanceFolder
            .List(stateFolder)
            .Select(uid => Path.Combine(new InstanceFolder(stateFolder, uid).Path, "disks"))
            .SelectMany(LinksIn)
            .Select(LayerOf);

    private static List<string> LinksIn(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles().Select(file => file.LinkTarget).OfType<string>()];
        }
        catch (DirectoryNotFoundException)
        {
            // The instance ended just now, or has no disks yet.
            return [];
        }
    }
}
