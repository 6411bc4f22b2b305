using System.Text.Json;

namespace Vireo.Agent;

/// <summary>The store's list of images: the file <c>index.json</c> of an OCI image layout.</summary>
/// <param name="folder">The store's folder.</param>
internal sealed class ImageIndex(string folder)
{
    private readonly string _path = Path.Combine(folder, "index.json");

    /// <summary>The manifests of all images; none when there is no list yet.</summary>
    /// <exception cref="ImageException">It is damaged.</exception>
    public IReadOnlyList<OciDescriptor> Read()
    {
        try
        {
            return OciJson.Read(File.ReadAllBytes(_path), OciJson.Default.OciIndex) is { } index
                ? [.. index.Images]
                : throw new ImageException(
                    $"The list of images '{_path}' is damaged: remove it and load the images again.",
                    isTransient: false
                );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The list's file: another one whenever the list has changed.</summary>
    public FileStamp Look() => FileStamp.Look(_path);

    /// <summary>Replaces the list, whole or not at all.</summary>
    public void Write(IReadOnlyList<OciDescriptor> images)
    {
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        var draft = _path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, new OciIndex(2, images), OciJson.Default.OciIndex);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, _path, overwrite: true);
    }
}
