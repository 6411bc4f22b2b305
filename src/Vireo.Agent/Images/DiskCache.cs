using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Vireo.Agent;

/// <summary>The disks inside images, unpacked once for all guests that use them.</summary>
/// <param name="images">Where the images are.</param>
internal sealed class DiskCache(ImageStore images)
{
    private const string DefaultFolder = "disk/";

    private readonly SemaphoreSlim _unpacking = new(1, 1);

    /// <summary>The disk of an image, unpacked. Nobody may write to it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The file in the image; null for the one in /disk.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ImageException">The image has no such file, or its content is not what it should
    /// be.</exception>
    public async Task<(string Path, string LayerDigest)> GetAsync(
        OciDescriptor image,
        string? path,
        CancellationToken ct
    )
    {
        var layers = images.Layers(image);
        await _unpacking.WaitAsync(ct);
        try
        {
            foreach (var layer in layers.Reverse())
            {
                var cached = CachePath(layer.Digest, path);
                if (File.Exists(cached) || await UnpackAsync(layer, path, cached, ct))
                {
                    return (cached, layer.Digest);
                }
            }
        }
        finally
        {
            _unpacking.Release();
        }

        throw new ImageException(
            $"The image {image.Name} has no file {(path is null ? "in its folder /disk" : path)}: it is no container disk.",
            isTransient: false
        );
    }

    /// <summary>Removes the disks of every layer but these and those that guests use.</summary>
    public static void KeepOnly(string stateFolder, IReadOnlySet<string> layers)
    {
        var disks = Path.Combine(stateFolder, "images", "disks");
        var wanted = layers.Select(FolderName).Concat(InUse(stateFolder)).ToHashSet(StringComparer.Ordinal);
        foreach (var layer in Directory.Exists(disks) ? Directory.EnumerateDirectories(disks) : [])
        {
            if (!wanted.Contains(Path.GetFileName(layer)))
            {
                Directory.Delete(layer, recursive: true);
            }
        }
    }

    /// <summary>The layers that the links in the instances' folders lead to.</summary>
    private static IEnumerable<string> InUse(string stateFolder) =>
        InstanceFolder
            .List(stateFolder)
            .Select(uid => Path.Combine(new InstanceFolder(stateFolder, uid).Path, "disks"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles)
            .Select(file => new FileInfo(file).LinkTarget)
            .OfType<string>()
            .Select(target => Path.GetFileName(Path.GetDirectoryName(target)!));

    private string CachePath(string layer, string? path)
    {
        var file = path is null ? "disk" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        return Path.Combine(images.Folder, "disks", FolderName(layer), file);
    }

    private static string FolderName(string layer) => layer.Replace(':', '-');

    /// <summary>
    /// Unpacks one file of a layer; false when the layer does not have it. Reads the layer to its end either way.
    /// </summary>
    private async Task<bool> UnpackAsync(OciDescriptor layer, string? path, string target, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var draft = target + ".new";
        try
        {
            using var hash = SHA256.Create();
            await using var file = File.OpenRead(images.Blobs.PathOf(layer.Digest));
            bool isFound;
            await using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Read, leaveOpen: true))
            {
                await using var plain = Decompress(hashed, layer);
                isFound = await ExtractAsync(plain, path, draft, ct);
                await hashed.CopyToAsync(Stream.Null, ct);
            }

            images.Blobs.Check(layer.Digest, hash.Hash!);
            if (isFound)
            {
                File.Move(draft, target, overwrite: true);
            }

            return isFound;
        }
        catch (InvalidDataException e)
        {
            throw new ImageException(
                $"The layer {layer.Digest} cannot be unpacked: {e.Message}",
                isTransient: false,
                e
            );
        }
        catch (FileNotFoundException e)
        {
            throw new ImageException($"The layer {layer.Digest} is missing: load or pull the image again.", true, e);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task<bool> ExtractAsync(Stream layer, string? path, string draft, CancellationToken ct)
    {
        await using var archive = new TarReader(layer, leaveOpen: true);
        var isFound = false;
        while (await archive.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            if (entry.DataStream is not { } data || !Matches(entry.Name, path))
            {
                continue;
            }

            if (isFound)
            {
                throw new ImageException(
                    "The image has several files in its folder /disk: name one by containerDisk.path.",
                    isTransient: false
                );
            }

            isFound = true;
            await SparseFile.WriteAsync(data, draft, ct);
        }

        return isFound;
    }

    private static bool Matches(string entry, string? path)
    {
        var name = entry.StartsWith("./", StringComparison.Ordinal) ? entry[2..] : entry.TrimStart('/');
        return path is null
            ? name.StartsWith(DefaultFolder, StringComparison.Ordinal) && !name[DefaultFolder.Length..].Contains('/')
            : name == path.TrimStart('/');
    }

    private static Stream Decompress(Stream layer, OciDescriptor descriptor) =>
        descriptor.MediaType switch
        {
            var type when type.EndsWith("gzip", StringComparison.Ordinal) => new GZipStream(
                layer,
                CompressionMode.Decompress,
                leaveOpen: true
            ),
            var type when type.EndsWith("tar", StringComparison.Ordinal) => new BufferedStream(layer),
            var type => throw new ImageException(
                $"The layer {descriptor.Digest} is packed as {type}, which Vireo cannot unpack: use gzip.",
                isTransient: false
            ),
        };
}
