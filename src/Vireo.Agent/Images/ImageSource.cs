namespace Vireo.Agent;

/// <summary>Finds the images in a folder or file that a user names.</summary>
internal static class ImageSource
{
    /// <summary>The largest table of contents that is read.</summary>
    private const int MaxIndexBytes = 4 << 20;

    /// <summary>For each image: where the copier finds it, and the name it is to bear.</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public static IReadOnlyList<(string Transport, string Name)> Open(string source, string? name)
    {
        var path = Path.GetFullPath(source);
        if (path.Contains(':', StringComparison.Ordinal))
        {
            throw new ImageException($"'{path}' cannot be read by skopeo because of the ':' in it: rename it.", false);
        }

        if (Directory.Exists(path))
        {
            return Choose(path, "oci", NamesOf(path), name);
        }

        if (!File.Exists(path))
        {
            throw new ImageException($"There is no file or folder '{source}'.", isTransient: false);
        }

        var (transport, names) = ImageArchive.Read(path);
        return Choose(path, transport, names, name);
    }

    private static List<(string Transport, string Name)> Choose(
        string path,
        string transport,
        IReadOnlyList<string?> names,
        string? name
    )
    {
        string At(string? image) => image is null ? $"{transport}:{path}" : $"{transport}:{path}:{image}";
        return names switch
        {
            [] => throw new ImageException($"'{path}' holds no image.", isTransient: false),
            [var only] => [(At(only), name ?? only ?? throw Nameless(path))],
            _ when name is not null => throw new ImageException(
                $"'{path}' holds {names.Count} images: leave out --name to load each under its own.",
                isTransient: false
            ),
            _ => [.. names.Select(each => (At(each), each ?? throw Nameless(path)))],
        };
    }

    private static ImageException Nameless(string path) =>
        new($"The image in '{path}' bears no name: give it one with --name.", isTransient: false);

    private static IReadOnlyList<string?> NamesOf(string path)
    {
        var index = Path.Combine(path, "index.json");
        if (!File.Exists(Path.Combine(path, "oci-layout")) || !File.Exists(index))
        {
            throw new ImageException(
                $"'{path}' is no OCI image layout: it has no file oci-layout or index.json.",
                false
            );
        }

        return
            new FileInfo(index).Length <= MaxIndexBytes
            && OciJson.Read(File.ReadAllBytes(index), OciJson.Default.OciIndex) is { } found
            ? [.. found.Images.Select(image => image.Name)]
            : throw new ImageException($"'{index}' is not the index of an image layout.", isTransient: false);
    }
}
