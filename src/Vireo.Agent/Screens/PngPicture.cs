using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Vireo.Agent;

/// <summary>Makes PNG of what QEMU gives as a picture: PNG itself, or a portable pixmap. Pure.</summary>
internal static class PngPicture
{
    private const byte TrueColour = 2;
    private const int BytesPerPixel = 3;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The picture as PNG.</summary>
    /// <exception cref="HypervisorException">It is of a kind that is not known.</exception>
    public static byte[] From(ScreenPicture picture)
    {
        ReadOnlySpan<byte> bytes = picture.Bytes;
        return bytes.StartsWith(Signature) ? picture.Bytes : FromPixmap(bytes) ?? throw Unknown(picture.MimeType);
    }

    /// <summary>A binary pixmap (P6) of 8 bits a colour as PNG; null when it is none.</summary>
    internal static byte[]? FromPixmap(ReadOnlySpan<byte> pixmap)
    {
        var rest = pixmap;
        if (
            !rest.StartsWith("P6"u8)
            || Number(ref rest, 2) is not (> 0 and var width)
            || Number(ref rest, 0) is not (> 0 and var height)
            || Number(ref rest, 0) is not 255
            || rest.Length - 1 != (long)width * height * BytesPerPixel
        )
        {
            return null;
        }

        using var png = new MemoryStream();
        png.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, TrueColour);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compress(rest[1..], width * BytesPerPixel));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>The next number of a pixmap's header, behind white space and comments; null if there is none.</summary>
    private static int? Number(ref ReadOnlySpan<byte> rest, int skip)
    {
        rest = rest[skip..];
        while (rest is [var first, ..] && (first == '#' || char.IsWhiteSpace((char)first)))
        {
            var length = first == '#' ? rest.IndexOf((byte)'\n') : 1;
            rest = length < 0 ? [] : rest[length..];
        }

        var end = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end <= 0 || !int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        rest = rest[end..];
        return number;
    }

    /// <summary>Rows, each after the byte that says that it is as it stands.</summary>
    private static ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> pixels, int rowBytes)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var row = pixels; !row.IsEmpty; row = row[rowBytes..])
            {
                zlib.WriteByte(0);
                zlib.Write(row[..rowBytes]);
            }
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(type);
        png.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ crc >> 8;
        }

        return crc;
    }

    private static uint CrcOf(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
        }

        return crc;
    }

    private static HypervisorException Unknown(string mimeType) =>
        new($"The hypervisor gave a picture of a kind that is not known: {mimeType}.", isTransient: false);
}
