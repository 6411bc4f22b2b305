using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;

namespace Vireo.Agent;

/// <summary>The blobs of all images, each once, named by what is in it.</summary>
/// <param name="folder">The folder <c>blobs</c> of an image layout.</param>
internal sealed class BlobFolder(string folder)
{
    private const string Algorithm = "sha256:";
    private const int DigestLetters = 64;

    /// <summary>The largest document that is read whole; manifests are a few kilobytes.</summary>
    private const int MaxDocumentBytes = 4 << 20;

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    /// <summary>The file of a blob.</summary>
    /// <exception cref="ImageException">The digest is none that is known here.</exception>
    public string PathOf(string digest) =>
        digest.StartsWith(Algorithm, StringComparison.Ordinal)
        && digest.Length == Algorithm.Length + DigestLetters
        && digest[Algorithm.Length..].All(char.IsAsciiHexDigitLower)
            ? Path.Combine(folder, "sha256", digest[Algorithm.Length..])
            : throw new ImageException($"'{digest}' is no sha256 digest.", isTransient: false);

    /// <summary>True when a blob is there in its full length. One that was cut short is removed.</summary>
    /// <remarks>Its content is held against its digest where it is read.</remarks>
    public bool Has(OciDescriptor blob)
    {
        var file = new FileInfo(PathOf(blob.Digest));
        if (!file.Exists || file.Length == blob.Size)
        {
            return file.Exists;
        }

        // Kept, it would be taken for the right one at the next pull.
        file.Delete();
        return false;
    }

    /// <summary>Reads a document, and holds it against its digest.</summary>
    /// <exception cref="ImageException">It is not there, or not what it should be.</exception>
    public T Read<T>(OciDescriptor descriptor, JsonTypeInfo<T> type)
        where T : class
    {
        var path = PathOf(descriptor.Digest);
        if (!File.Exists(path))
        {
            throw Missing(descriptor.Digest);
        }

        if (new FileInfo(path).Length > MaxDocumentBytes)
        {
            throw new ImageException($"The document {descriptor.Digest} of the image is too large.", false);
        }

        var bytes = File.ReadAllBytes(path);
        Check(descriptor.Digest, SHA256.HashData(bytes));
        return OciJson.Read(bytes, type)
            ?? throw new ImageException(
                $"The document {descriptor.Digest} of the image is no image's manifest.",
                false
            );
    }

    /// <summary>Holds what was read against what it should be; what is not right is removed.</summary>
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
                    + "The registry or the host's disk is not to be trusted; the blob was removed.",
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

    public static ImageException Missing(string digest) =>
        new($"The blob {digest} of the image is missing: load or pull the image again.", isTransient: true);
}
