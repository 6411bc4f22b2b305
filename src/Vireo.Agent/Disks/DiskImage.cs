using System.Globalization;

namespace Vireo.Agent;

/// <summary>What a disk image from outside is, by its own header.</summary>
/// <remarks>
/// Read here and not by <c>qemu-img info</c>: that would be a process at each start of a guest, and one that follows
/// what a hostile image tells it.
/// </remarks>
/// <param name="Format">raw or qcow2.</param>
/// <param name="VirtualSize">The size that a guest sees, in bytes.</param>
internal sealed record DiskImage(string Format, long VirtualSize)
{
    private const int SectorBytes = 512;

    /// <summary>How images begin that Vireo does not run.</summary>
    private static readonly IReadOnlyList<(byte[] Beginning, string Format)> Foreign =
    [
        ("KDMV"u8.ToArray(), "vmdk"),
        ("COWD"u8.ToArray(), "vmdk"),
        ("# Disk DescriptorFile"u8.ToArray(), "vmdk"),
        ("vhdxfile"u8.ToArray(), "vhdx"),
        ("conectix"u8.ToArray(), "vpc"),
        ("<<< "u8.ToArray(), "vdi"),
        ("QED\0"u8.ToArray(), "qed"),
        ("LUKS"u8.ToArray(), "luks"),
    ];

    /// <summary>Reads an image that may come from anywhere.</summary>
    /// <exception cref="DiskException">It is no disk image, or one that leads to other files of the host.</exception>
    public static DiskImage Read(string path)
    {
        using var file = File.OpenHandle(path);
        if (QcowHeader.Read(file) is { } header)
        {
            return Check(header);
        }

        var beginning = new byte[32];
        _ = RandomAccess.Read(file, beginning, fileOffset: 0);
        if (Foreign.FirstOrDefault(form => beginning.AsSpan().StartsWith(form.Beginning)).Format is { } foreign)
        {
            throw Invalid($"Its image is in the format {foreign}: convert it to qcow2 or raw.");
        }

        var length = RandomAccess.GetLength(file);
        return IsWholeSectors(length) ? new("raw", length) : throw NoDisk(length);
    }

    /// <summary>True when a file of this length can be a raw disk.</summary>
    public static bool IsWholeSectors(long length) => length > 0 && length % SectorBytes == 0;

    private static DiskImage Check(QcowHeader header) =>
        header switch
        {
            { BackingFile: not null } or { HasDataFile: true } => throw Invalid(
                "Its qcow2 image refers to another file, which Vireo does not follow: flatten it with 'qemu-img convert'."
            ),
            { IsEncrypted: true } => throw Invalid("Its qcow2 image is encrypted: decrypt it with 'qemu-img convert'."),
            { Version: not (2 or 3) } or { VirtualSize: 0 or > long.MaxValue } => throw Invalid(
                "Its qcow2 image is damaged or of an unknown version: make it again."
            ),
            { IsCutShort: true } => throw Invalid("Its qcow2 image is cut short: copy it again."),
            _ => new("qcow2", (long)header.VirtualSize),
        };

    private static DiskException NoDisk(long length) =>
        Invalid(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Its file of {length} bytes is no disk image: neither qcow2 nor whole sectors of {SectorBytes} bytes."
            )
        );

    private static DiskException Invalid(string message) => new("InvalidDisk", message, isTransient: false);
}
