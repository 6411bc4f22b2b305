using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

/// <summary>libvirt's functions under their C names, each declared once; one file a noun.</summary>
/// <remarks>
/// Strings that libvirt allocates come back as <c>nint</c> and are taken over by <see cref="Check.OwnedText"/>; strings
/// that it keeps are read in place. C's <c>unsigned long</c> is <c>nuint</c>.
/// </remarks>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo)]
    internal static partial int virInitialize();

    [LibraryImport(LibvirtSo)]
    internal static partial int virGetVersion(out nuint libVersion, nint type, nint typeVersion);

    [LibraryImport(LibvirtSo)]
    internal static partial VirError* virGetLastError();

    [LibraryImport(LibvirtSo)]
    internal static partial void virSetErrorFunc(nint userData, nint handler);

    [LibraryImport(LibvirtSo)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(LibvirtSo)]
    internal static partial int virEventRunDefaultImpl();
}

/// <summary>The start of C's <c>struct _virError</c>; what follows is deprecated or not read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct VirError
{
    public readonly int Code;
    public readonly int Domain;
    public readonly nint Message;
}
