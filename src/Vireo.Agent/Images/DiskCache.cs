using System.Security.Cryptography;

namespace Vireo.Agent;

/// <summary>The disks inside images, unpacked once for all guests that use them.</summary>
/// <param name="images">Where the images are.</param>
internal sealed class DiskCache(ImageStore images)
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly SharedWork<bool> _unpacking = new();

    /// <summary>
    /// Links to the unpacked disk of an image, which stays as long as the link. Nobody may write to it.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The file in the image; null for the one in /disk.</param>
    /// <param name="link">Where the link is to be; one that is there is replaced.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The disk that the link leads to.</returns>
    /// <exception cref="ImageException">The image has no such file, or its content is not what it should
    /// be.</exception>
    public async Task<string> LinkAsync(ImageContent image, string? path, string link, CancellationToken ct)
    {
        var disk = await FindAsync(image, path, ct);
        using var entered = await images.EnterAsync(ct);
        if (!File.Exists(disk))
        {
            throw new ImageException($"The image {image.Name} was removed while it was unpacked.", isTransient: true);
        }

        File.Delete(link);
        File.CreateSymbolicLink(link, disk);
        return disk;
    }

    private async Task<string> FindAsync(ImageContent image, string? path, CancellationToken ct)
    {
        foreach (var layer in image.Layers.Reverse())
        {
            var disk = images.Disks.PathOf(layer.Digest, path);
            var isThere =
                File.Exists(disk)
                || (
                    !File.Exists(AbsenceOf(disk))
                    && await _unpacking.RunAsync(disk, () => UnpackAsync(layer, path, disk), ct)
                );
            if (isThere)
            {
                return disk;
            }
        }

        throw new ImageException(
            $"The image {image.Name} has no file {(path is null ? "in its folder /disk" : path)}: it is no container disk.",
            isTransient: false
        );
    }

    /// <summary>Remembers that a layer does not have the disk, so that it is not read again at each start.</summary>
    private static string AbsenceOf(string disk) => disk + ".absent";

    private async Task<bool> UnpackAsync(OciDescriptor layer, string? path, string disk)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(disk)!);
        var draft = disk + ".new";
        try
        {
            if (!await ExtractAsync(layer, path, draft))
            {
                await File.WriteAllBytesAsync(AbsenceOf(disk), []);
                return false;
            }

            File.SetUnixFileMode(draft, ReadOnly);
            File.Move(draft, disk, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>
    /// Reads a layer to its end, and holds it against its digest before what it says of itself is believed.
    /// </summary>
    private async Task<bool> ExtractAsync(OciDescriptor layer, string? path, string draft)
    {
        using var hash = SHA256.Create();
        await using var file = Open(layer);
        await using var hashed = new CryptoStream(file, hash, CryptoStreamMode.Read, leaveOpen: true);
        var isFound = false;
        Exception? fault = null;
        try
        {
            isFound = await LayerArchive.ExtractAsync(hashed, layer.MediaType, path, draft, CancellationToken.None);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ImageException)
        {
            fault = e;
        }

        await hashed.CopyToAsync(Stream.Null);
        images.Blobs.Check(layer.Digest, hash.Hash!);
        return fault switch
        {
            null => isFound,
            ImageException => throw fault,
            _ => throw new ImageException(
                $"The layer {layer.Digest} of the image cannot be unpacked ({fault.Message}): build the image again.",
                isTransient: false,
                fault
            ),
        };
    }

    private FileStream Open(OciDescriptor layer)
    {
        try
        {
            return File.OpenRead(images.Blobs.PathOf(layer.Digest));
        }
        catch (FileNotFoundException)
        {
            throw BlobFolder.Missing(layer.Digest);
        }
    }
}
