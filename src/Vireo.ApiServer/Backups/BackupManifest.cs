using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.ApiServer.Backups;

/// <summary>The last file of a backup: what the others are. Without it a backup is not whole.</summary>
/// <param name="CreatedAt">When the backup was made.</param>
/// <param name="Version">The version of the Vireo that made it.</param>
/// <param name="Schema">The schema of the state in it.</param>
/// <param name="Revision">The revision of the state in it.</param>
/// <param name="Digests">The SHA-256 of every other file, in hexadecimal, by its name in the archive.</param>
internal sealed record BackupManifest(
    DateTimeOffset CreatedAt,
    string Version,
    int Schema,
    long Revision,
    IReadOnlyDictionary<string, string> Digests
)
{
    /// <summary>Goes up when an older Vireo would not understand the archive.</summary>
    private const int Format = 1;

    public byte[] ToBytes()
    {
        var files = new JsonObject();
        foreach (var (name, digest) in Digests.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            files[name] = digest;
        }

        var document = new JsonObject
        {
            ["format"] = Format,
            ["createdAt"] = CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["version"] = Version,
            ["schema"] = Schema,
            ["revision"] = Revision,
            ["sha256"] = files,
        };
        return [.. System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()), (byte)'\n'];
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">It is not what <see cref="ToBytes"/> writes, or of a later format.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var document = JsonNode.Parse(bytes)!.AsObject();
            if (document["format"]!.GetValue<int>() is not Format and var format)
            {
                throw new FormatException($"its format is {format}, and this Vireo knows {Format}: use a newer one");
            }

            return new(
                DateTimeOffset.Parse(document["createdAt"]!.GetValue<string>(), CultureInfo.InvariantCulture),
                document["version"]!.GetValue<string>(),
                document["schema"]!.GetValue<int>(),
                document["revision"]!.GetValue<long>(),
                document["sha256"]!
                    .AsObject()
                    .ToDictionary(file => file.Key, file => file.Value!.GetValue<string>(), StringComparer.Ordinal)
            );
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new FormatException($"{BackupArchive.Manifest} in it is not one of Vireo's", e);
        }
    }
}
