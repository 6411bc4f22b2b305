using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Agent;

/// <summary>Reads what images a tar file holds, and in which of the two forms that container tools write.</summary>
internal static class ImageArchive
{
    /// <summary>The largest table of contents that is read.</summary>
    private const int MaxIndexBytes = 4 << 20;

    /// <summary>The form of which skopeo 1.9 does not read packed files.</summary>
    private const string DockerArchive = "docker-archive";

    /// <summary>The copier's word for the form, and the images' names, null for one that bears none.</summary>
    /// <exception cref="ImageException">It is no archive of images.</exception>
    public static (string Transport, IReadOnlyList<string?> Names) Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var isPacked = IsGzip(file);
            using var plain = isPacked ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            using var archive = new TarReader(plain);
            var (transport, names) = Read(archive, path);
            return isPacked && transport is DockerArchive
                ? throw new ImageException($"'{path}' is a packed Docker archive: unpack it with gunzip first.", false)
                : (transport, names);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw NoArchive(path, e);
        }
    }

    /// <remarks>
    /// Docker writes both tables since version 25, and skopeo 1.9 reads the names of such an archive by Docker's.
    /// </remarks>
    private static (string, IReadOnlyList<string?>) Read(TarReader archive, string path)
    {
        OciIndex? index = null;
        IReadOnlyList<DockerArchiveEntry>? manifest = null;
        while (archive.GetNextEntry() is { } entry)
        {
            switch (entry.Name)
            {
                case "index.json" or "./index.json":
                    index = Parse(entry, OciJson.Default.OciIndex);
                    break;
                case "manifest.json" or "./manifest.json":
                    manifest = Parse(entry, OciJson.Default.IReadOnlyListDockerArchiveEntry);
                    break;
            }
        }

        return manifest is not null ? (DockerArchive, [.. manifest.SelectMany(NamesOf)])
            : index is not null ? ("oci-archive", [.. index.Images.Select(image => image.Name)])
            : throw NoArchive(path, null);
    }

    private static IEnumerable<string?> NamesOf(DockerArchiveEntry? image) =>
        image?.RepoTags is { Count: > 0 } names ? names : new string?[] { null };

    private static T? Parse<T>(TarEntry entry, JsonTypeInfo<T> type)
        where T : class
    {
        if (entry.DataStream is not { Length: <= MaxIndexBytes } data)
        {
            return null;
        }

        var bytes = new byte[data.Length];
        data.ReadExactly(bytes);
        return OciJson.Read(bytes, type);
    }

    private static bool IsGzip(FileStream file)
    {
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isGzip;
    }

    private static ImageException NoArchive(string path, Exception? inner) =>
        new($"'{path}' is no archive of images as 'docker save' or 'skopeo copy' make it.", isTransient: false, inner);
}
