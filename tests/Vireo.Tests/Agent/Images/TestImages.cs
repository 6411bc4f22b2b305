using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>A store in a folder of its own, and images to put in it.</summary>
internal sealed class TestImages : IDisposable
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";

    private int _layouts;

    public TestImages() => Store = new(State, Time);

    public ManualTimeProvider Time { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("vireo-images-").FullName;

    public string State => Path.Combine(Folder, "state");

    public ImageStore Store { get; }

    /// <summary>A raw disk that differs from others.</summary>
    public static byte[] Disk(byte mark = 1, int bytes = 4096) => [.. Enumerable.Repeat(mark, bytes)];

    /// <summary>A disk that does not get smaller when it is packed.</summary>
    public static byte[] Noise(int bytes = 1 << 16)
    {
        var noise = new byte[bytes];
        new Random(42).NextBytes(noise);
        return noise;
    }

    public static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>A layout with one image.</summary>
    public string Layout(string? name, params TestLayer[] layers)
    {
        var layout = NewLayout();
        WriteIndex(layout, AddImage(layout, name, layers));
        return layout;
    }

    /// <summary>A layout with one image that bears a label.</summary>
    public string Labelled(string name, string label, string value, params TestLayer[] layers)
    {
        var layout = NewLayout();
        WriteIndex(layout, AddImage(layout, name, layers, labels: new() { [label] = value }));
        return layout;
    }

    /// <summary>A layout with an image for each of these platforms, under one name.</summary>
    public string Layout(string name, params (string Architecture, TestLayer Layer)[] platforms)
    {
        var layout = NewLayout();
        var images = platforms.Select(platform =>
        {
            var image = AddImage(layout, null, [platform.Layer], platform.Architecture);
            image["platform"] = new JsonObject { ["architecture"] = platform.Architecture, ["os"] = "linux" };
            return image;
        });
        const string type = "application/vnd.oci.image.index.v1+json";
        var index = Add(layout, type, Json(IndexOf([.. images], type)));
        index["annotations"] = new JsonObject { [OciDescriptor.NameAnnotation] = name };
        WriteIndex(layout, index);
        return layout;
    }

    /// <summary>A layout with several images of one layer each.</summary>
    public string Layouts(params (string Name, TestLayer Layer)[] images)
    {
        var layout = NewLayout();
        WriteIndex(layout, [.. images.Select(image => AddImage(layout, image.Name, [image.Layer]))]);
        return layout;
    }

    public async Task LoadAsync(string? name, params TestLayer[] layers) =>
        await Store.LoadAsync(Layout(name, layers), name: null, CancellationToken.None);

    public string BlobPath(string digest) => Store.Blobs.PathOf(digest);

    public IEnumerable<string> BlobNames() =>
        Directory.EnumerateFiles(Path.Combine(Store.Blobs.Folder, "sha256")).Select(path => Path.GetFileName(path)!);

    public string File(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>The disks' folder of an instance.</summary>
    public string Instance(string uid) =>
        Directory.CreateDirectory(Path.Combine(State, "instances", uid, "disks")).FullName;

    public static async Task RunAsync(params string[] line)
    {
        var result = await Command.RunAsync(line, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        result.ExitCode.ShouldBe(0, result.Error);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static JsonObject AddImage(
        string layout,
        string? name,
        IReadOnlyList<TestLayer> layers,
        string architecture = "amd64",
        JsonObject? labels = null
    )
    {
        var config = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = labels is null ? null : new JsonObject { ["Labels"] = labels },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([
                    .. layers.Select(layer => JsonValue.Create(DigestOf(layer.Unpacked ?? layer.Bytes))),
                ]),
            },
        };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest,
            ["config"] = Add(layout, "application/vnd.oci.image.config.v1+json", Json(config)),
            ["layers"] = new JsonArray([.. layers.Select(layer => Add(layout, layer.MediaType, layer.Bytes))]),
        };
        var image = Add(layout, Manifest, Json(manifest));
        if (name is not null)
        {
            image["annotations"] = new JsonObject { [OciDescriptor.NameAnnotation] = name };
        }

        return image;
    }

    private string NewLayout()
    {
        var layout = Path.Combine(Folder, $"layout{++_layouts}");
        Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256"));
        System.IO.File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        return layout;
    }

    private static void WriteIndex(string layout, params JsonObject[] images) =>
        System.IO.File.WriteAllBytes(Path.Combine(layout, "index.json"), Json(IndexOf(images)));

    private static JsonObject IndexOf(JsonObject[] images, string? type = null) =>
        new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = type,
            ["manifests"] = new JsonArray([.. images]),
        };

    private static JsonObject Add(string layout, string mediaType, byte[] content)
    {
        var digest = DigestOf(content);
        System.IO.File.WriteAllBytes(Path.Combine(layout, "blobs", "sha256", digest["sha256:".Length..]), content);
        return new()
        {
            ["mediaType"] = mediaType,
            ["digest"] = digest,
            ["size"] = content.Length,
        };
    }

    private static byte[] Json(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}
