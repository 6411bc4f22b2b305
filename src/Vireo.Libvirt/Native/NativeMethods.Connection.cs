using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectionHandle virConnectOpen(string uri);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectClose(nint connection);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectIsAlive(ConnectionHandle connection);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectSetKeepAlive(ConnectionHandle connection, int interval, uint count);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectRegisterCloseCallback(
        ConnectionHandle connection,
        nint callback,
        nint opaque,
        nint free
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectUnregisterCloseCallback(ConnectionHandle connection, nint callback);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virConnectGetHostname(ConnectionHandle connection);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectGetVersion(ConnectionHandle connection, out nuint version);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectGetLibVersion(ConnectionHandle connection, out nuint version);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virConnectGetCapabilities(ConnectionHandle connection);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virConnectGetDomainCapabilities(
        ConnectionHandle connection,
        string? emulator,
        string? arch,
        string? machine,
        string? virtType,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virNodeGetInfo(ConnectionHandle connection, out VirNodeInfo info);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectListAllDomains(ConnectionHandle connection, out nint* domains, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectListAllNetworks(ConnectionHandle connection, out nint* networks, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectionHandle connection,
        nint domain,
        int eventId,
        nint callback,
        nint opaque,
        nint free
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectionHandle connection, int callbackId);

    [LibraryImport(QemuSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virConnectDomainQemuMonitorEventRegister(
        ConnectionHandle connection,
        nint domain,
        string? eventName,
        nint callback,
        nint opaque,
        nint free,
        uint flags
    );

    [LibraryImport(QemuSo)]
    internal static partial int virConnectDomainQemuMonitorEventDeregister(ConnectionHandle connection, int callbackId);
}

/// <summary>C's <c>struct _virNodeInfo</c>; memory is in KiB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirNodeInfo
{
    public CpuModel Model;
    public nuint Memory;
    public uint Cpus;
    public uint Mhz;
    public uint Nodes;
    public uint Sockets;
    public uint Cores;
    public uint Threads;

    /// <summary>Zero-terminated text.</summary>
    [InlineArray(32)]
    public struct CpuModel
    {
        private byte _first;
    }
}
