using System.Globalization;
using System.Security.Cryptography;

namespace Vireo.Agent;

/// <summary>The host's images: an OCI image layout whose blobs all images share.</summary>
/// <param name="stateFolder">The host's state folder.</param>
/// <param name="time">Dates what is stored.</param>
public sealed class ImageStore(string stateFolder, TimeProvider time)
{
    /// <summary>
    /// How often an image is copied again because some of it was removed meanwhile, or was cut short before.
    /// </summary>
    private const int MaxCopies = 3;

    private static readonly TimeSpan SyncLimit = TimeSpan.FromMinutes(30);

    private readonly StoreLock _lock = new(Path.Combine(stateFolder, "images"), time);
    private readonly ImageIndex _index = new(Path.Combine(stateFolder, "images"));
    private readonly DraftFolder _drafts = new(Path.Combine(stateFolder, "images", "drafts"), time);
    private readonly SharedWork<StoredImage> _pulling = new();
    private readonly ImageLabels<string> _machineTypes = new();
    private readonly ImageLabels<IReadOnlyDictionary<string, string>> _defaults = new();

    internal BlobFolder Blobs { get; } = new(Path.Combine(stateFolder, "images", "blobs"));

    internal DiskFolder Disks { get; } = new(stateFolder);

    /// <summary>All images, by name.</summary>
    /// <exception cref="ImageException">The store's list is damaged.</exception>
    public IReadOnlyList<StoredImage> List() =>
        [.. _index.Read().Select(ToImage).OrderBy(image => image.Name, StringComparer.Ordinal)];

    /// <summary>Takes in all images of an image layout (a folder) or of an archive (a file).</summary>
    /// <param name="source">An OCI layout folder, an OCI archive or a Docker archive.</param>
    /// <param name="name">The name to store it under; null for the name it bears.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ImageException">It holds no image that can be read.</exception>
    public async Task<IReadOnlyList<StoredImage>> LoadAsync(string source, string? name, CancellationToken ct)
    {
        var images = ImageSource
            .Open(source, name)
            .Select(image => (Origin: new ImageOrigin(image.Transport, []), Name: ImageName.Normalize(image.Name)))
            .ToList();
        var loaded = new List<StoredImage>();
        foreach (var image in images)
        {
            loaded.Add(await FetchAsync(image.Name, image.Origin, credentials: null, ct));
        }

        return loaded;
    }

    /// <summary>Removes an image's name, and every blob that no other image needs. Guests keep what they use.</summary>
    /// <returns>False when there is none of that name.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken ct)
    {
        var wanted = ImageName.Normalize(name);
        using var entered = await EnterAsync(ct);
        var all = _index.Read();
        var left = all.Where(image => image.Name != wanted).ToList();
        if (left.Count == all.Count)
        {
            return false;
        }

        ReplaceIndexLocked(left);
        return true;
    }

    /// <summary>Takes in an image that was made on this host: its files are moved, and on the disk when it is there.
    /// </summary>
    internal async Task AddBuiltAsync(string name, BuiltImage built, CancellationToken ct)
    {
        using (await EnterAsync(ct))
        {
            foreach (var (digest, file) in built.Blobs)
            {
                var blob = Blobs.PathOf(digest);
                Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
                File.Move(file, blob, overwrite: true);
            }

            await SyncAsync(ct);
            AddLocked(name, built.Manifest);
            await SyncAsync(ct);
        }
    }

    /// <summary>Copies an image to a registry.</summary>
    /// <param name="name">The image.</param>
    /// <param name="target">Its name there.</param>
    /// <param name="credentials">Credentials as container tools write them to a file; null for none.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Its name there with its digest: a tag can come to mean something else.</returns>
    /// <exception cref="ImageException">It cannot be copied.</exception>
    internal async Task<string> PushAsync(string name, string target, byte[]? credentials, CancellationToken ct)
    {
        var wanted = ImageName.Normalize(name);
        var image =
            _index.Read().FirstOrDefault(other => other.Name == wanted)
            ?? throw new ImageException($"The image {wanted} is not in the host's store.", isTransient: true);
        using var draft = _drafts.Create();
        Directory.CreateDirectory(draft.Layout);
        new ImageIndex(draft.Layout).Write([image]);
        var (there, digest) = (ImageName.Normalize(target), draft.Keep("digest", []));
        await Skopeo.PushAsync(
            $"oci:{draft.Layout}",
            Blobs.Folder,
            there,
            credentials is null ? null : draft.Keep("auth.json", credentials),
            digest,
            time,
            ct
        );
        return $"{there}@{(await File.ReadAllTextAsync(digest, ct)).Trim()}";
    }

    /// <summary>Waits until nobody else changes the store; dispose to let others in.</summary>
    internal Task<IDisposable> EnterAsync(CancellationToken ct) => _lock.EnterAsync(ct);

    /// <summary>The image of a name; null when there is none, or when some of it is missing.</summary>
    internal ImageContent? Find(string name)
    {
        var wanted = ImageName.Normalize(name);
        return
            _index.Read().FirstOrDefault(image => image.Name == wanted) is { } image
            && FindManifest(image) is { } manifest
            ? new(wanted, manifest.Layers) { MachineType = MachineTypeOf(image) }
            : null;
    }

    /// <summary>The machine types that images name by their label, by the image's name.</summary>
    /// <remarks>None where the store's list is damaged: who needs an image is told so.</remarks>
    internal IReadOnlyDictionary<string, string> MachineTypes() => _machineTypes.Of(_index, MachineTypeOf);

    /// <summary>The instance types and preferences that images name by their labels, by the image's name.</summary>
    /// <remarks>None where the store's list is damaged: who needs an image is told so.</remarks>
    internal IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Defaults() =>
        _defaults.Of(_index, image => ConfigurationOf(image)?.Defaults);

    /// <summary>Copies an image from a registry; several who ask for the same, alike, get one copy.</summary>
    /// <param name="name">The name, with its registry.</param>
    /// <param name="credentials">Credentials as container tools write them to a file; null for none.</param>
    /// <param name="ct">Ends the wait for it.</param>
    /// <exception cref="ImageException">It cannot be had.</exception>
    internal Task<StoredImage> PullAsync(string name, byte[]? credentials, CancellationToken ct)
    {
        var normalized = ImageName.Normalize(name);
        var origin = new ImageOrigin(
            $"docker://{ImageName.AtRegistry(normalized)}",
            ImageName.IsOnLoopback(normalized) ? ["--src-tls-verify=false"] : []
        );
        // Who may not read the image does not get it because somebody else may.
        var key = $"{normalized} {Convert.ToHexString(SHA256.HashData(credentials ?? []))}";
        return _pulling.RunAsync(key, () => FetchAsync(normalized, origin, credentials, CancellationToken.None), ct);
    }

    private async Task<StoredImage> FetchAsync(
        string name,
        ImageOrigin origin,
        byte[]? credentials,
        CancellationToken ct
    )
    {
        for (var copies = 0; copies < MaxCopies; copies++)
        {
            using var draft = _drafts.Create();
            var from = credentials is null
                ? origin
                : origin with
                {
                    Options = [.. origin.Options, "--authfile", draft.Keep("auth.json", credentials)],
                };
            var manifest = await Skopeo.CopyAsync(from, name, draft.Layout, Blobs.Folder, time, ct);
            if (!origin.IsRegistry && ImageName.DigestOf(name) is { } digest && digest != manifest.Digest)
            {
                throw new ImageException($"The image's digest is {manifest.Digest}: it cannot be named {name}.", false);
            }

            if (await AddAsync(name, manifest, ct) is { } image)
            {
                return image;
            }
        }

        throw new ImageException($"The image {name} did not stay whole while it was copied.", isTransient: true);
    }

    /// <summary>
    /// Puts an image on the list; null when a part of it is not there, so that it must be copied again.
    /// </summary>
    private async Task<StoredImage?> AddAsync(string name, OciDescriptor manifest, CancellationToken ct)
    {
        using var entered = await EnterAsync(ct);
        return FindManifest(manifest) is null ? null : AddLocked(name, manifest);
    }

    private StoredImage AddLocked(string name, OciDescriptor manifest)
    {
        var image = manifest with
        {
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [OciDescriptor.NameAnnotation] = name,
                [OciDescriptor.StoredAtAnnotation] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            },
        };
        var all = _index.Read();
        var earlier = all.FirstOrDefault(other => other.Name == name);
        IReadOnlyList<OciDescriptor> left = [.. all.Where(other => other.Name != name), image];
        if (earlier is null || earlier.Digest == image.Digest)
        {
            _index.Write(left);
        }
        else
        {
            ReplaceIndexLocked(left);
        }

        return ToImage(image);
    }

    /// <summary>Has the host's kernel write all that it holds back for the store's file system.</summary>
    private async Task SyncAsync(CancellationToken ct)
    {
        var result = await Command.RunAsync(["sync", "--file-system", Blobs.Folder], SyncLimit, time, ct);
        if (result.ExitCode is not 0)
        {
            throw new IOException($"The image store cannot be written to the disk: {result.Error.Trim()}");
        }
    }

    /// <summary>Writes the list, and removes what it does not need.</summary>
    private void ReplaceIndexLocked(IReadOnlyList<OciDescriptor> images)
    {
        _index.Write(images);
        var manifests = images.Select(FindManifest).OfType<OciManifest>().ToList();
        var parts = manifests.SelectMany(manifest => manifest.Parts).Concat(images).Select(part => part.Digest);
        Blobs.KeepOnly(parts.ToHashSet(StringComparer.Ordinal));
        Disks.KeepOnly(manifests.SelectMany(manifest => manifest.Layers).Select(layer => layer.Digest));
    }

    private StoredImage ToImage(OciDescriptor image) =>
        new(
            image.Name ?? "",
            image.Digest,
            FindManifest(image)?.Layers.Sum(layer => layer.Size),
            DateTimeOffset.TryParse(
                image.Annotations?.GetValueOrDefault(OciDescriptor.StoredAtAnnotation),
                CultureInfo.InvariantCulture,
                out var at
            )
                ? at
                : DateTimeOffset.UnixEpoch
        );

    private string? MachineTypeOf(OciDescriptor image) => ConfigurationOf(image)?.MachineType;

    /// <remarks>Null for one that cannot be read: its disk may be good all the same.</remarks>
    private OciConfiguration? ConfigurationOf(OciDescriptor image)
    {
        try
        {
            return FindManifest(image) is { } manifest
                ? Blobs.Read(manifest.Config, OciJson.Default.OciConfiguration)
                : null;
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>What an image is made of; null when some of it is missing, so that it must be copied again.</summary>
    private OciManifest? FindManifest(OciDescriptor image)
    {
        try
        {
            var manifest = Blobs.Read(image, OciJson.Default.OciManifest);
            return manifest.Parts.ToList().TrueForAll(Blobs.Has) ? manifest : null;
        }
        catch (ImageException e) when (e.IsTransient)
        {
            return null;
        }
    }
}
