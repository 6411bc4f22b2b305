using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vireo.Agent;

/// <summary>What qemu-img says of a file.</summary>
/// <param name="Format">raw, qcow2 or another.</param>
/// <param name="VirtualSize">The size that a guest sees, in bytes.</param>
internal sealed record DiskImage(
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("virtual-size")] long VirtualSize
)
{
    /// <summary>The file below this one, when it is an overlay.</summary>
    [JsonPropertyName("backing-filename")]
    public string? BackingFile { get; init; }

    /// <summary>What only the format knows; a qcow2 image may keep its content in another file.</summary>
    [JsonPropertyName("format-specific")]
    public JsonElement? FormatSpecific { get; init; }

    /// <summary>True when the file leads to another file of the host.</summary>
    [JsonIgnore]
    public bool RefersToOtherFiles =>
        BackingFile is not null
        || (
            FormatSpecific is { ValueKind: JsonValueKind.Object } specific
            && specific.TryGetProperty("data", out var data)
            && data.TryGetProperty("data-file", out _)
        );
}

/// <summary>How it is read.</summary>
[JsonSerializable(typeof(DiskImage))]
internal sealed partial class DiskImageJson : JsonSerializerContext;

/// <summary>Makes and examines disk images with qemu-img.</summary>
internal sealed class DiskImages(TimeProvider time)
{
    private const int SectorBytes = 512;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What a file holds that came from outside.</summary>
    /// <exception cref="DiskException">It is no disk image, or one that leads to other files of the host.</exception>
    public async Task<DiskImage> ExamineAsync(string path, string volume, CancellationToken ct)
    {
        var answer = await RunAsync(["qemu-img", "info", "--output=json", "-U", path], volume, ct);
        var image = JsonSerializer.Deserialize(answer, DiskImageJson.Default.DiskImage)!;
        var length = new FileInfo(path).Length;
        if (image.Format is not ("raw" or "qcow2"))
        {
            throw Invalid(volume, $"its image is in the format {image.Format}: convert it to qcow2 or raw");
        }

        if (image.Format == "raw" && (length == 0 || length % SectorBytes != 0))
        {
            throw Invalid(
                volume,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its file of {length} bytes is no disk image: neither qcow2 nor whole sectors of {SectorBytes} bytes"
                )
            );
        }

        return image.RefersToOtherFiles
            ? throw Invalid(
                volume,
                "its qcow2 image refers to another file, which Vireo does not follow: flatten it first"
            )
            : image;
    }

    /// <summary>Makes an empty disk, unless it is there.</summary>
    public Task CreateAsync(string path, long bytes, CancellationToken ct) =>
        MakeAsync(path, draft => ["qemu-img", "create", "-q", "-f", "qcow2", draft, Text(bytes)], ct);

    /// <summary>Makes a disk that begins as another one and keeps its own changes, unless it is there.</summary>
    public Task OverlayAsync(string path, string below, string format, CancellationToken ct) =>
        MakeAsync(path, draft => ["qemu-img", "create", "-q", "-f", "qcow2", "-F", format, "-b", below, draft], ct);

    private async Task MakeAsync(string path, Func<string, IReadOnlyList<string>> line, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            return;
        }

        var draft = path + ".new";
        await RunAsync(line(draft), Path.GetFileNameWithoutExtension(path), ct);
        File.Move(draft, path, overwrite: true);
    }

    private async Task<string> RunAsync(IReadOnlyList<string> line, string volume, CancellationToken ct)
    {
        try
        {
            var result = await Command.RunAsync(line, Limit, time, ct);
            return result.ExitCode is 0
                ? result.Output
                : throw new DiskException("FailedDisk", $"The disk of volume {volume}: {result.Error.Trim()}", true);
        }
        catch (Win32Exception)
        {
            throw new DiskException("FailedDisk", "Disks are made by qemu-img: install the package qemu-utils.", true);
        }
    }

    private static DiskException Invalid(string volume, string why) =>
        new("InvalidDisk", $"Volume {volume} cannot be used: {why}.", isTransient: false);

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);
}
