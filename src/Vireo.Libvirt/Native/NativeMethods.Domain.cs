using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainCreateXML(ConnectionHandle connection, string xml, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainDefineXMLFlags(ConnectionHandle connection, string xml, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByUUIDString(ConnectionHandle connection, string uuid);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByName(ConnectionHandle connection, string name);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virDomainGetName(nint domain);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetUUIDString(nint domain, byte* text);

    [LibraryImport(LibvirtSo)]
    internal static partial uint virDomainGetID(nint domain);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainIsPersistent(DomainHandle domain);

    [LibraryImport(LibvirtSo)]
    internal static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetInfo(DomainHandle domain, out VirDomainInfo info);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virDomainGetMetadata(DomainHandle domain, int type, string? uri, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainSetMetadata(
        DomainHandle domain,
        int type,
        string? metadata,
        string? key,
        string? uri,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainCreateWithFlags(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainShutdownFlags(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainReboot(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainReset(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainDestroyFlags(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainUndefineFlags(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainSuspend(DomainHandle domain);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainResume(DomainHandle domain);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainSetLifecycleAction(DomainHandle domain, uint type, uint action, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainSetVcpusFlags(DomainHandle domain, uint count, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetVcpusFlags(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainSetMemoryFlags(DomainHandle domain, nuint kibibytes, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainAttachDeviceFlags(DomainHandle domain, string xml, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainDetachDeviceFlags(DomainHandle domain, string xml, uint flags);

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainUpdateDeviceFlags(DomainHandle domain, string xml, uint flags);

    [LibraryImport(QemuSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainQemuMonitorCommand(
        DomainHandle domain,
        string command,
        out nint result,
        uint flags
    );
}

/// <summary>C's <c>struct _virDomainInfo</c>; memory is in KiB, CPU time in nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct VirDomainInfo
{
    public readonly byte State;
    public readonly nuint MaxMemory;
    public readonly nuint Memory;
    public readonly ushort Vcpus;
    public readonly ulong CpuTime;
}
