using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vireo.Agent;

/// <summary>An image that was made on this host and is not in its store yet: files that become its blobs.</summary>
/// <param name="Manifest">The document that names the others.</param>
/// <param name="Blobs">Each blob's digest, and the file that holds it.</param>
internal sealed record BuiltImage(OciDescriptor Manifest, IReadOnlyList<(string Digest, string File)> Blobs)
{
    private const string MediaTypes = "application/vnd.oci.image.";

    /// <summary>The user that QEMU runs as in KubeVirt's containers, which expect disks to be its own.</summary>
    private const int QemuUser = 107;

    /// <summary>Packs a file as a layer, whole or not at all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it is in the image.</param>
    /// <param name="layer">The layer to make.</param>
    public static Task PackAsync(string file, string path, string layer) =>
        WholeFile.MakeAsync(
            layer,
            async draft =>
            {
                await using var content = File.OpenRead(file);
                await using var target = new FileStream(draft, FileMode.CreateNew, FileAccess.Write);
                await using (var archive = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true))
                {
                    await archive.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.RegularFile, path.TrimStart('/'))
                        {
                            DataStream = content,
                            ModificationTime = DateTimeOffset.UnixEpoch,
                            Uid = QemuUser,
                            Gid = QemuUser,
                            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead,
                        }
                    );
                }

                target.Flush(flushToDisk: true);
            }
        );

    /// <summary>Puts layers together.</summary>
    /// <param name="layers">The layers' files, the lowest first.</param>
    /// <param name="architecture">Whose guests it is for: amd64 ...</param>
    /// <param name="labels">What the image says of itself.</param>
    /// <param name="folder">Where its documents are written.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<BuiltImage> OfAsync(
        IReadOnlyList<string> layers,
        string architecture,
        IReadOnlyDictionary<string, string> labels,
        string folder,
        CancellationToken ct
    )
    {
        var packed = new List<(OciDescriptor Descriptor, string File)>();
        foreach (var layer in layers)
        {
            packed.Add((await DescribeAsync("layer.v1.tar", layer, ct), layer));
        }

        var configuration = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = new JsonObject
            {
                ["Labels"] = new JsonObject(
                    labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))
                ),
            },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. packed.Select(layer => (JsonNode)layer.Descriptor.Digest)]),
            },
        };
        var configured = await WriteAsync(configuration, "config.v1+json", Path.Combine(folder, "config.json"), ct);
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes + "manifest.v1+json",
            ["config"] = ToJson(configured.Descriptor),
            ["layers"] = new JsonArray([.. packed.Select(layer => (JsonNode)ToJson(layer.Descriptor))]),
        };
        var written = await WriteAsync(manifest, "manifest.v1+json", Path.Combine(folder, "manifest.json"), ct);
        return new(
            written.Descriptor,
            [.. packed.Append(configured).Append(written).Select(blob => (blob.Descriptor.Digest, blob.File))]
        );
    }

    private static JsonObject ToJson(OciDescriptor descriptor) =>
        new()
        {
            ["mediaType"] = descriptor.MediaType,
            ["digest"] = descriptor.Digest,
            ["size"] = descriptor.Size,
        };

    private static async Task<(OciDescriptor Descriptor, string File)> WriteAsync(
        JsonObject document,
        string mediaType,
        string file,
        CancellationToken ct
    )
    {
        await File.WriteAllBytesAsync(file, Encoding.UTF8.GetBytes(document.ToJsonString()), ct);
        return (await DescribeAsync(mediaType, file, ct), file);
    }

    private static async Task<OciDescriptor> DescribeAsync(string mediaType, string file, CancellationToken ct)
    {
        await using var content = File.OpenRead(file);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
        return new(MediaTypes + mediaType, $"sha256:{digest}", content.Length);
    }
}
