using System.Formats.Tar;
using System.IO.Compression;

namespace Vireo.Tests.Agent;

/// <summary>A layer of an image that a test makes.</summary>
/// <param name="Bytes">As it is stored.</param>
/// <param name="MediaType">How it is packed.</param>
/// <param name="Unpacked">The archive in it, where a test needs its digest to be right.</param>
internal sealed record TestLayer(byte[] Bytes, string MediaType, byte[]? Unpacked = null)
{
    private const string Layer = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>A gzip layer with one file.</summary>
    public static TestLayer With(string name, byte[] content) => Of([File(name, content)]);

    public static TestLayer Of(params TarEntry[] entries) => Packed(Tar(entries));

    public static TestLayer Plain(params TarEntry[] entries) => new(Tar(entries), Layer);

    public static TestLayer Packed(byte[] tar)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(tar);
        }

        return new(packed.ToArray(), Layer + "+gzip", tar);
    }

    public static TarEntry File(string name, byte[] content) =>
        new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    public static TarEntry Link(TarEntryType type, string name, string target) =>
        new UstarTarEntry(type, name) { LinkName = target };

    public static byte[] Tar(params TarEntry[] entries)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                // The same content is to have the same digest.
                entry.ModificationTime = DateTimeOffset.UnixEpoch;
                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }
}
