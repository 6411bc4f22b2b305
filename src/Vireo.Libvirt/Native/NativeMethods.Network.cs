using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NetworkHandle virNetworkLookupByName(ConnectionHandle connection, string name);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NetworkHandle virNetworkCreateXML(ConnectionHandle connection, string xml);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial NetworkHandle virNetworkDefineXML(ConnectionHandle connection, string xml);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkCreate(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkDestroy(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkUndefine(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkFree(nint network);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virNetworkGetName(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkGetUUIDString(NetworkHandle network, byte* text);

    [LibraryImport(LibvirtSo)]
    internal static partial int virNetworkIsActive(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virNetworkGetBridgeName(NetworkHandle network);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virNetworkGetXMLDesc(NetworkHandle network, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virNetworkGetDHCPLeases(
        NetworkHandle network,
        string? mac,
        out VirNetworkDhcpLease** leases,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial void virNetworkDHCPLeaseFree(VirNetworkDhcpLease* lease);
}

/// <summary>C's <c>struct _virNetworkDHCPLease</c>; the expiry is in seconds of the Unix epoch, 0 for never.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirNetworkDhcpLease
{
    public nint Interface;
    public long Expiry;
    public int Type;
    public nint Mac;
    public nint Iaid;
    public nint Address;
    public uint Prefix;
    public nint Hostname;
    public nint ClientId;
}
