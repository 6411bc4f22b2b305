using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.LibvirtLibrary;

namespace Vireo.Libvirt.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(LibvirtSo)]
    internal static partial DomainHandle virDomainMigrate3(
        DomainHandle domain,
        ConnectionHandle destination,
        VirTypedParameter* parameters,
        uint count,
        uint flags
    );

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainAbortJob(DomainHandle domain);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainMigrateSetMaxDowntime(DomainHandle domain, ulong milliseconds, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainMigrateSetMaxSpeed(DomainHandle domain, nuint mebibytes, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainMigrateStartPostCopy(DomainHandle domain, uint flags);

    [LibraryImport(LibvirtSo)]
    internal static partial int virDomainGetJobStats(
        DomainHandle domain,
        out int type,
        out VirTypedParameter* parameters,
        out int count,
        uint flags
    );

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddULLong(
        ref VirTypedParameter* parameters,
        ref int count,
        ref int capacity,
        string name,
        ulong value
    );

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddInt(
        ref VirTypedParameter* parameters,
        ref int count,
        ref int capacity,
        string name,
        int value
    );

    [LibraryImport(LibvirtSo, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virTypedParamsAddString(
        ref VirTypedParameter* parameters,
        ref int count,
        ref int capacity,
        string name,
        string value
    );

    [LibraryImport(LibvirtSo)]
    internal static partial void virTypedParamsFree(VirTypedParameter* parameters, int count);
}
