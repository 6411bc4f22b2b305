using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class PngPictureTests
{
    private static readonly byte[] Pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Theory]
    [InlineData("P6\n2 2\n255\n")]
    [InlineData("P6 2 2 255 ")]
    [InlineData("P6\n# by QEMU\n2 # wide\n2\n255\n")]
    public void A_pixmap_becomes_a_png_of_the_same_pixels(string header)
    {
        var png = PngPicture.From(new("image/x-portable-pixmap", [.. Encoding.ASCII.GetBytes(header), .. Pixels]));
        var chunks = Read(png);
        chunks.Select(chunk => chunk.Type).ShouldBe(["IHDR", "IDAT", "IEND"]);
        chunks[0].Bytes.ShouldBe([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(chunks[1].Bytes), CompressionMode.Decompress))
        {
            zlib.CopyTo(rows);
        }

        rows.ToArray().ShouldBe([0, .. Pixels[..6], 0, .. Pixels[6..]]);

        // The checksum of an empty IEND is the same in every PNG.
        png[^4..].ShouldBe([0xAE, 0x42, 0x60, 0x82]);
    }

    [Fact]
    public void A_png_is_passed_on()
    {
        var png = PngPicture.From(new("", [.. "P6\n2 2\n255\n"u8, .. Pixels]));
        PngPicture.From(new("image/png", png)).ShouldBeSameAs(png);
    }

    [Theory]
    [InlineData("P5\n2 2\n255\n")]
    [InlineData("P6\n2 3\n255\n")]
    [InlineData("P6\n0 2\n255\n")]
    [InlineData("P6\n2 2\n65535\n")]
    [InlineData("P6\n99999999999 2\n255\n")]
    [InlineData("P6\n# no end")]
    [InlineData("")]
    public void What_is_neither_is_refused(string header) =>
        Should.Throw<HypervisorException>(() =>
            PngPicture.From(new("image/odd", [.. Encoding.ASCII.GetBytes(header), .. Pixels]))
        );

    private static List<(string Type, byte[] Bytes)> Read(byte[] png)
    {
        var chunks = new List<(string, byte[])>();
        for (var rest = png[8..]; rest.Length > 0; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            chunks.Add((Encoding.ASCII.GetString(rest, 4, 4), rest[8..(8 + length)]));
            rest = rest[(12 + length)..];
        }

        return chunks;
    }
}
