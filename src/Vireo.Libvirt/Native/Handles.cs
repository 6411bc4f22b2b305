using System.Runtime.InteropServices;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt.Native;

/// <summary>A <c>virConnectPtr</c> that we own one reference of.</summary>
internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => virConnectClose(handle) >= 0;
}

/// <summary>
/// A <c>virDomainPtr</c>. libvirt makes it hold its connection, so the order of disposal does not matter.
/// </summary>
internal sealed class DomainHandle() : SafeHandle(0, ownsHandle: true)
{
    public DomainHandle(nint domain)
        : this() => SetHandle(domain);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => virDomainFree(handle) == 0;
}

/// <summary>
/// A <c>virNetworkPtr</c>. libvirt makes it hold its connection, so the order of disposal does not matter.
/// </summary>
internal sealed class NetworkHandle() : SafeHandle(0, ownsHandle: true)
{
    public NetworkHandle(nint network)
        : this() => SetHandle(network);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => virNetworkFree(handle) == 0;
}

/// <summary>
/// A <c>virStreamPtr</c>. libvirt makes it hold its connection, so the order of disposal does not matter.
/// </summary>
internal sealed class StreamHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => virStreamFree(handle) == 0;
}
