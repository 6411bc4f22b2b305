using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Agent;

namespace Vireo.Output;

/// <summary>How images are shown.</summary>
internal static class ImageTable
{
    private const int ShortDigest = 19;

    public static void Print(OutputFormat format, IReadOnlyList<StoredImage> images) =>
        Printer.Print(
            format,
            new JsonArray([.. images.Select(ToJson)]),
            ["Image", "Digest", "Size", "Stored"],
            images.Select(image =>
                (IReadOnlyList<string>)
                    [
                        image.Name,
                        image.Digest[..Math.Min(ShortDigest, image.Digest.Length)],
                        SizeOf(image),
                        image.StoredAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                    ]
            )
        );

    private static string SizeOf(StoredImage image) =>
        image.SizeBytes switch
        {
            null => "damaged",
            < 1 << 20 and var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
            var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        };

    private static JsonNode ToJson(StoredImage image) =>
        new JsonObject
        {
            ["name"] = image.Name,
            ["digest"] = image.Digest,
            ["sizeBytes"] = image.SizeBytes,
            ["storedAt"] = image.StoredAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
}
