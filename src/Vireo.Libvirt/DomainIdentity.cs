using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>Which domain.</summary>
/// <param name="Name">Its name, unique on a host at any one time.</param>
/// <param name="Uuid">Its UUID, the same on every host and at every start.</param>
/// <param name="Id">The number of this run of it, new at each start; -1 when it does not run.</param>
public sealed record DomainIdentity(string Name, Guid Uuid, int Id)
{
    /// <summary>libvirt's <c>VIR_UUID_STRING_BUFLEN</c>.</summary>
    internal const int UuidTextLength = 37;

    /// <summary>Asks the library, not the daemon; so it may be called from an event callback.</summary>
    internal static unsafe DomainIdentity Read(nint domain)
    {
        var text = stackalloc byte[UuidTextLength];
        Check.Succeeded(virDomainGetUUIDString(domain, text));
        return new(
            Marshal.PtrToStringUTF8(virDomainGetName(domain)) ?? "",
            ParseUuid(text),
            unchecked((int)virDomainGetID(domain))
        );
    }

    internal static unsafe Guid ParseUuid(byte* text) =>
        Guid.Parse(new ReadOnlySpan<byte>(text, UuidTextLength - 1), null);
}
