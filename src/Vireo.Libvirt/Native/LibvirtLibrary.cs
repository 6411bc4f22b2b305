using System.Runtime.InteropServices;

namespace Vireo.Libvirt.Native;

/// <summary>The two shared libraries, and the one sentence to say when they are not there.</summary>
internal static class LibvirtLibrary
{
    public const string LibvirtSo = "libvirt.so.0";
    public const string QemuSo = "libvirt-qemu.so.0";

    /// <summary>
    /// Loads a library now, so that its absence is told in words and not by the first call that needs it.
    /// </summary>
    public static void Require(string library)
    {
        if (!NativeLibrary.TryLoad(library, out _))
        {
            throw new LibvirtException(
                "dlopen",
                ErrorCode.LibraryMissing,
                ErrorDomain.None,
                $"the library {library} cannot be loaded; install it and the daemon:"
                    + " apt install libvirt0 libvirt-daemon-system"
            );
        }
    }
}
