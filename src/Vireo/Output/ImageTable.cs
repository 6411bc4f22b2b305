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
                        image.SizeBytes is { } size
                            ? string.Create(CultureInfo.InvariantCulture, $"{size / 1048576.0:0.0} MiB")
                            : "damaged",
                        image.StoredAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                    ]
            )
        );

    private static JsonNode ToJson(StoredImage image) =>
        new JsonObject
        {
            ["name"] = image.Name,
            ["digest"] = image.Digest,
            ["sizeBytes"] = image.SizeBytes,
            ["storedAt"] = image.StoredAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
}
