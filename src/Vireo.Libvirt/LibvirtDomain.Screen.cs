using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>A picture of a guest's screen.</summary>
/// <param name="MimeType">What it is: <c>image/x-portable-pixmap</c>, or <c>image/png</c> from newer QEMU.</param>
/// <param name="Bytes">The picture.</param>
public sealed record Screenshot(string MimeType, byte[] Bytes);

/// <content>What the guest shows.</content>
public sealed unsafe partial class LibvirtDomain
{
    /// <summary>More than the largest screen that QEMU's devices show.</summary>
    private const int MaxScreenshotBytes = 256 << 20;

    private const int ChunkBytes = 64 * 1024;

    /// <summary>Takes a picture of the guest's first screen.</summary>
    public Screenshot TakeScreenshot()
    {
        using var stream = Check.Valid(virStreamNew(virDomainGetConnect(_domain), 0));
        var mime = Check.OwnedText(virDomainScreenshot(_domain, stream, 0, 0));
        return new(mime, ReadToEnd(stream));
    }

    private static byte[] ReadToEnd(StreamHandle stream)
    {
        using var bytes = new MemoryStream();
        try
        {
            var chunk = new byte[ChunkBytes];
            fixed (byte* start = chunk)
            {
                while (Check.Succeeded(virStreamRecv(stream, start, (nuint)chunk.Length)) is > 0 and var count)
                {
                    if (bytes.Length + count > MaxScreenshotBytes)
                    {
                        throw new LibvirtException(
                            nameof(virStreamRecv),
                            ErrorCode.Overflow,
                            ErrorDomain.None,
                            $"the picture is larger than {MaxScreenshotBytes} bytes"
                        );
                    }

                    bytes.Write(chunk, 0, count);
                }
            }

            Check.Succeeded(virStreamFinish(stream));
            return bytes.ToArray();
        }
        catch (LibvirtException)
        {
            _ = virStreamAbort(stream);
            throw;
        }
    }
}
