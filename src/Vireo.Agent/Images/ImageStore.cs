using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Vireo.Agent;

/// <summary>The host's images: an OCI image layout whose blobs all images share.</summary>
/// <param name="stateFolder">The host's state folder.</param>
/// <param name="time">Dates what is stored.</param>
public sealed class ImageStore(string stateFolder, TimeProvider time)
{
    private readonly string _folder = Path.Combine(stateFolder, "images");
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _fetching = new(StringComparer.Ordinal);

    internal BlobFolder Blobs { get; } = new(Path.Combine(stateFolder, "images", "blobs"));

    internal string Folder => _folder;

    private string IndexPath => Path.Combine(_folder, "index.json");

    /// <summary>All images, by name.</summary>
    public IReadOnlyList<StoredImage> List() =>
        [.. ReadIndex().Select(ToImage).OrderBy(image => image.Name, StringComparer.Ordinal)];

    /// <summary>Takes in all images of an image layout (a folder) or of an archive (a file).</summary>
    /// <param name="source">An OCI layout folder, an OCI archive or a Docker archive.</param>
    /// <param name="name">The name to store it under; null for the name it bears.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ImageException">It holds no image that can be read.</exception>
    public async Task<IReadOnlyList<StoredImage>> LoadAsync(string source, string? name, CancellationToken ct)
    {
        var images = ImageSource.Open(source, name);
        var loaded = new List<StoredImage>();
        foreach (var (transport, target) in images)
        {
            loaded.Add(await FetchAsync(ImageName.Normalize(target), [], transport, ct));
        }

        return loaded;
    }

    /// <summary>Removes an image's name, and every blob that no other image needs. Guests keep what they use.</summary>
    /// <returns>False when there is none of that name.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken ct)
    {
        var wanted = ImageName.Normalize(name);
        using var entered = await StoreLock.EnterAsync(_folder, time, ct);
        var index = ReadIndex();
        var left = index.Where(image => image.Name != wanted).ToList();
        if (left.Count == index.Count)
        {
            return false;
        }

        WriteIndex(left);
        Blobs.KeepOnly(left.SelectMany(DigestsOf).ToHashSet(StringComparer.Ordinal));
        DiskCache.KeepOnly(stateFolder, left.SelectMany(LayersOf).ToHashSet(StringComparer.Ordinal));
        return true;
    }

    /// <summary>The image of a name; null when there is none.</summary>
    internal OciDescriptor? Find(string name)
    {
        var wanted = ImageName.Normalize(name);
        return ReadIndex().FirstOrDefault(image => image.Name == wanted);
    }

    /// <summary>The layers of an image, the lowest first.</summary>
    internal IReadOnlyList<OciDescriptor> Layers(OciDescriptor image) => Manifest(image).Layers ?? [];

    /// <summary>Copies an image from a registry; several who ask for the same wait for one copy.</summary>
    /// <param name="name">The name, with its registry.</param>
    /// <param name="credentials">A file with credentials as container tools write it; null for none.</param>
    /// <param name="ct">Ends it.</param>
    internal Task<StoredImage> PullAsync(string name, string? credentials, CancellationToken ct)
    {
        var normalized = ImageName.Normalize(name);
        string[] options =
        [
            .. credentials is null ? (string[])[] : ["--authfile", credentials],
            .. ImageName.IsOnLoopback(normalized) ? (string[])["--src-tls-verify=false"] : [],
        ];
        return FetchAsync(normalized, options, $"docker://{normalized}", ct);
    }

    private async Task<StoredImage> FetchAsync(
        string name,
        IReadOnlyList<string> options,
        string source,
        CancellationToken ct
    )
    {
        var turn = _fetching.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        try
        {
            var draft = Path.Combine(_folder, "drafts", Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(draft);
            try
            {
                await Skopeo.CopyAsync(source, name, draft, Blobs.Folder, options, time, ct);
                return await AddAsync(name, Skopeo.ReadLayout(draft, name), ct);
            }
            finally
            {
                Directory.Delete(draft, recursive: true);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<StoredImage> AddAsync(string name, OciDescriptor manifest, CancellationToken ct)
    {
        var image = manifest with
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [OciDescriptor.NameAnnotation] = name,
                [OciDescriptor.StoredAtAnnotation] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            },
        };
        using var entered = await StoreLock.EnterAsync(_folder, time, ct);
        WriteIndex([.. ReadIndex().Where(other => other.Name != name), image]);
        return ToImage(image);
    }

    private StoredImage ToImage(OciDescriptor image) =>
        new(
            image.Name ?? "",
            image.Digest,
            Layers(image).Sum(layer => layer.Size),
            DateTimeOffset.TryParse(
                image.Annotations?.GetValueOrDefault(OciDescriptor.StoredAtAnnotation),
                CultureInfo.InvariantCulture,
                out var at
            )
                ? at
                : DateTimeOffset.UnixEpoch
        );

    private IEnumerable<string> LayersOf(OciDescriptor image) => Layers(image).Select(layer => layer.Digest);

    private IEnumerable<string> DigestsOf(OciDescriptor image)
    {
        var manifest = Manifest(image);
        return [image.Digest, .. manifest.Config is { } config ? [config.Digest] : (string[])[], .. LayersOf(image)];
    }

    private OciManifest Manifest(OciDescriptor image) => Blobs.Read(image, OciJson.Default.OciManifest);

    private IReadOnlyList<OciDescriptor> ReadIndex()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(IndexPath), OciJson.Default.OciIndex)?.Manifests ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw new ImageException($"'{IndexPath}' is damaged: remove it and load the images again.", false, e);
        }
    }

    private void WriteIndex(IReadOnlyList<OciDescriptor> images)
    {
        File.WriteAllText(Path.Combine(_folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        var draft = IndexPath + ".new";
        File.WriteAllBytes(
            draft,
            JsonSerializer.SerializeToUtf8Bytes(new OciIndex(2, images), OciJson.Default.OciIndex)
        );
        File.Move(draft, IndexPath, overwrite: true);
    }
}
