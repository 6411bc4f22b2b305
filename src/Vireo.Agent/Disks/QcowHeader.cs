using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vireo.Agent;

/// <summary>The beginning of a qcow2 file (QEMU, docs/interop/qcow2.txt).</summary>
/// <param name="Version">2 and 3 are qcow2.</param>
/// <param name="VirtualSize">The size that a guest sees, in bytes.</param>
/// <param name="BackingFile">The file below this one, when it is an overlay.</param>
/// <param name="IsEncrypted">True when it needs a key.</param>
/// <param name="HasDataFile">True when its content is in another file.</param>
/// <param name="IsCutShort">True when the file ends before its first table does; QEMU would read zeros there.</param>
internal sealed record QcowHeader(
    uint Version,
    ulong VirtualSize,
    string? BackingFile,
    bool IsEncrypted,
    bool HasDataFile,
    bool IsCutShort
)
{
    /// <summary>All fields of version 2, and the flags of version 3.</summary>
    private const int Bytes = 80;

    private const int MaxNameBytes = 1023;

    private const ulong DataFileFlag = 1 << 2;

    private static ReadOnlySpan<byte> Magic => [(byte)'Q', (byte)'F', (byte)'I', 0xFB];

    /// <summary>Reads it; null when the file is none.</summary>
    public static QcowHeader? Read(SafeFileHandle file)
    {
        var header = new byte[Bytes];
        var count = RandomAccess.Read(file, header, fileOffset: 0);
        if (!header.AsSpan(0, count).StartsWith(Magic))
        {
            return null;
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        return new(
            version,
            BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(24)),
            ReadBackingFile(file, header),
            IsEncrypted: BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(32)) != 0,
            HasDataFile: version > 2 && (BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(72)) & DataFileFlag) != 0,
            IsCutShort: EndOfTable(header) > (ulong)RandomAccess.GetLength(file)
        );
    }

    private static UInt128 EndOfTable(ReadOnlySpan<byte> header) =>
        (UInt128)BinaryPrimitives.ReadUInt64BigEndian(header[40..])
        + (sizeof(ulong) * (UInt128)BinaryPrimitives.ReadUInt32BigEndian(header[36..]));

    private static string? ReadBackingFile(SafeFileHandle file, ReadOnlySpan<byte> header)
    {
        var offset = BinaryPrimitives.ReadUInt64BigEndian(header[8..]);
        if (offset == 0)
        {
            return null;
        }

        var name = new byte[Math.Min(BinaryPrimitives.ReadUInt32BigEndian(header[16..]), MaxNameBytes)];
        var count = RandomAccess.Read(file, name, (long)Math.Min(offset, long.MaxValue / 2));
        return Encoding.UTF8.GetString(name, 0, count);
    }
}
