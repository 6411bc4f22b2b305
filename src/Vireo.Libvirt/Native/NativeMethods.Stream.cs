using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    /// <summary>The domain's connection; no reference of ours, so it is not closed.</summary>
    [LibraryImport(LibvirtSo)]
    internal static partial nint virDomainGetConnect(DomainHandle domain);

    [LibraryImport(LibvirtSo)]
    internal static partial StreamHandle virStreamNew(nint connection, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virStreamFree(nint stream);

    [LibraryImport(LibvirtSo)]
    internal static partial int virStreamRecv(StreamHandle stream, byte* bytes, nuint count);

    [LibraryImport(LibvirtSo)]
    internal static partial int virStreamFinish(StreamHandle stream);

    [LibraryImport(LibvirtSo)]
    internal static partial int virStreamAbort(StreamHandle stream);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virDomainScreenshot(DomainHandle domain, StreamHandle stream, uint screen, uint flags);
}
