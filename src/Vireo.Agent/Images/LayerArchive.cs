using System.Formats.Tar;
using System.IO.Compression;

namespace Vireo.Agent;

/// <summary>Takes a disk out of a layer of an image. Names in a layer are compared and never used as paths.</summary>
internal static class LayerArchive
{
    private const string DefaultFolder = "disk";

    /// <summary>What marks in a layer that a file of the layers below it is gone.</summary>
    private const string Whiteout = ".wh.";

    /// <summary>Writes a file of a layer to a file of the host; false when the layer does not have it.</summary>
    /// <param name="layer">The layer as it is stored.</param>
    /// <param name="mediaType">How it is packed.</param>
    /// <param name="path">The file in the image; null for the only one in /disk.</param>
    /// <param name="target">The file to make.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ImageException">There are several such files, or it is packed in an unknown way.</exception>
    /// <exception cref="InvalidDataException">It is no archive.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    public static async Task<bool> ExtractAsync(
        Stream layer,
        string mediaType,
        string? path,
        string target,
        CancellationToken ct
    )
    {
        if (mediaType.EndsWith("tar", StringComparison.Ordinal))
        {
            return await ExtractAsync(layer, path, target, ct);
        }

        if (!mediaType.EndsWith("gzip", StringComparison.Ordinal))
        {
            throw new ImageException(
                $"A layer of the image is packed as {mediaType}, which Vireo cannot unpack: use gzip.",
                isTransient: false
            );
        }

        await using var plain = new GZipStream(layer, CompressionMode.Decompress, leaveOpen: true);
        return await ExtractAsync(plain, path, target, ct);
    }

    private static async Task<bool> ExtractAsync(Stream plain, string? path, string target, CancellationToken ct)
    {
        await using var archive = new TarReader(plain, leaveOpen: true);
        var isFound = false;
        while (await archive.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            if (!IsFile(entry) || !Matches(entry.Name, path))
            {
                continue;
            }

            if (isFound && path is null)
            {
                throw new ImageException(
                    "The image has several files in its folder /disk: name one by containerDisk.path.",
                    isTransient: false
                );
            }

            isFound = true;
            await SparseFile.WriteAsync(entry.DataStream ?? Stream.Null, target, ct);
        }

        return isFound;
    }

    /// <summary>Links and devices are none: what they lead to is the host's business, not the image's.</summary>
    private static bool IsFile(TarEntry entry) =>
        entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;

    private static bool Matches(string entry, string? path)
    {
        var parts = PartsOf(entry);
        return path is not null
            ? parts.SequenceEqual(PartsOf(path), StringComparer.Ordinal)
            : parts is [DefaultFolder, var file] && !file.StartsWith(Whiteout, StringComparison.Ordinal);
    }

    private static string[] PartsOf(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];
}
