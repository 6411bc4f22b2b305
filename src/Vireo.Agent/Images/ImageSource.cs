using System.Text.Json;

namespace Vireo.Agent;

/// <summary>Finds the images in a folder or file that a user names.</summary>
internal static class ImageSource
{
    /// <summary>For each image: where the copier finds it, and the name it is to bear.</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public static IReadOnlyList<(string Transport, string Name)> Open(string source, string? name)
    {
        var path = Path.GetFullPath(source);
        if (Directory.Exists(path))
        {
            return OfLayout(path, name);
        }

        if (!File.Exists(path))
        {
            throw new ImageException($"There is no file or folder '{source}'.", isTransient: false);
        }

        var wanted =
            name
            ?? throw new ImageException($"'{source}' is an archive: say with --name what the image is called.", false);
        return [(IsOciArchive(path) ? $"oci-archive:{path}" : $"docker-archive:{path}", wanted)];
    }

    private static List<(string Transport, string Name)> OfLayout(string path, string? name)
    {
        var indexPath = Path.Combine(path, "index.json");
        if (!File.Exists(Path.Combine(path, "oci-layout")) || !File.Exists(indexPath))
        {
            throw new ImageException(
                $"'{path}' is no OCI image layout: it has no file oci-layout or index.json.",
                false
            );
        }

        var names = Read(indexPath).Select(manifest => manifest.Name).ToList();
        return names switch
        {
            [] => throw new ImageException($"The image layout '{path}' holds no image.", isTransient: false),
            [var only] => [(only is null ? $"oci:{path}" : $"oci:{path}:{only}", name ?? only ?? Missing(path))],
            _ when name is not null => throw new ImageException(
                $"The image layout '{path}' holds {names.Count} images: leave out --name to load each under its own.",
                isTransient: false
            ),
            _ => [.. names.Select(each => ($"oci:{path}:{each ?? Missing(path)}", each ?? Missing(path)))],
        };
    }

    private static string Missing(string path) =>
        throw new ImageException($"The image in '{path}' bears no name: give it one with --name.", isTransient: false);

    private static IReadOnlyList<OciDescriptor> Read(string indexPath)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(indexPath), OciJson.Default.OciIndex)?.Manifests ?? [];
        }
        catch (JsonException e)
        {
            throw new ImageException($"'{indexPath}' is not the index of an image layout: {e.Message}", false, e);
        }
    }

    private static bool IsOciArchive(string path)
    {
        using var file = File.OpenRead(path);
        using var archive = new System.Formats.Tar.TarReader(file);
        try
        {
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.Name.TrimStart('.', '/') is "oci-layout")
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImageException($"'{path}' is no archive of an image: {e.Message}", isTransient: false, e);
        }
    }
}
