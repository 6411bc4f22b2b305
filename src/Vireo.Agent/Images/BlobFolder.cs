using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Agent;

/// <summary>The blobs of all images, each once, named by what is in it.</summary>
/// <param name="folder">The folder <c>blobs</c> of an image layout.</param>
internal sealed class BlobFolder(string folder)
{
    private const string Algorithm = "sha256:";

    /// <summary>The largest document that is read whole; manifests are a few kilobytes.</summary>
    private const int MaxDocumentBytes = 4 << 20;

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    /// <summary>The file of a blob.</summary>
    /// <exception cref="ImageException">The digest is none that is known here.</exception>
    public string PathOf(string digest) =>
        digest.StartsWith(Algorithm, StringComparison.Ordinal) && digest[Algorithm.Length..].All(char.IsAsciiHexDigit)
            ? Path.Combine(folder, "sha256", digest[Algorithm.Length..])
            : throw new ImageException($"'{digest}' is no sha256 digest.", isTransient: false);

    /// <summary>Reads a document, and holds it against its digest.</summary>
    public T Read<T>(OciDescriptor descriptor, JsonTypeInfo<T> type)
    {
        try
        {
            var path = PathOf(descriptor.Digest);
            if (new FileInfo(path).Length > MaxDocumentBytes)
            {
                throw new ImageException($"The document {descriptor.Digest} of the image is too large.", false);
            }

            var bytes = File.ReadAllBytes(path);
            Check(descriptor.Digest, SHA256.HashData(bytes));
            return JsonSerializer.Deserialize(bytes, type)!;
        }
        catch (JsonException e)
        {
            throw new ImageException($"The document {descriptor.Digest} of the image is not JSON.", false, e);
        }
        catch (IOException e)
        {
            throw new ImageException(
                $"The blob {descriptor.Digest} is missing: load or pull the image again.",
                true,
                e
            );
        }
    }

    /// <summary>Holds what was read against what it should be.</summary>
    /// <exception cref="ImageException">It is something else.</exception>
    public void Check(string digest, byte[] hash)
    {
        var found = Algorithm + Convert.ToHexStringLower(hash);
        if (found != digest)
        {
            // Kept, it would be taken for the right one at the next pull.
            File.Delete(PathOf(digest));
            throw new ImageException(
                $"The image's content does not match its digest: {digest} was promised, {found} is there. "
                    + "The registry or the disk is not to be trusted; the blob was removed.",
                isTransient: true
            );
        }
    }

    /// <summary>Removes every blob but these.</summary>
    public void KeepOnly(IReadOnlySet<string> digests)
    {
        var blobs = Path.Combine(folder, "sha256");
        foreach (var blob in Directory.Exists(blobs) ? Directory.EnumerateFiles(blobs) : [])
        {
            if (!digests.Contains(Algorithm + Path.GetFileName(blob)))
            {
                File.Delete(blob);
            }
        }
    }
}
