using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainInterfaceAddresses(
        DomainHandle domain,
        out VirDomainInterface** interfaces,
        uint source,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial void virDomainInterfaceFree(VirDomainInterface* domainInterface);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainAgentSetResponseTimeout(DomainHandle domain, int timeout, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetGuestInfo(
        DomainHandle domain,
        uint types,
        out VirTypedParameter* parameters,
        out int count,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetGuestVcpus(
        DomainHandle domain,
        out VirTypedParameter* parameters,
        out uint count,
        uint flags
    );

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainSetGuestVcpus(DomainHandle domain, string vcpus, int state, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainFSFreeze(DomainHandle domain, string[]? mountPoints, uint count, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainFSThaw(DomainHandle domain, string[]? mountPoints, uint count, uint flags);

    [LibraryImport(QemuSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virDomainQemuAgentCommand(
        DomainHandle domain,
        string command,
        int timeout,
        uint flags
    );
}

/// <summary>C's <c>struct _virDomainInterface</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirDomainInterface
{
    public nint Name;
    public nint Mac;
    public uint AddressCount;
    public VirDomainIPAddress* Addresses;
}

/// <summary>C's <c>struct _virDomainInterfaceIPAddress</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirDomainIPAddress
{
    public int Type;
    public nint Address;
    public uint Prefix;
}
