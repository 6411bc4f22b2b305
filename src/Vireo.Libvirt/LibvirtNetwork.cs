using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;
using static Vireo.Libvirt.Native.NativeMethods;

namespace Vireo.Libvirt;

/// <summary>One virtual network of a host. Calls block; they may be made from several threads.</summary>
public sealed unsafe class LibvirtNetwork : IDisposable
{
    private readonly NetworkHandle _network;

    internal LibvirtNetwork(NetworkHandle network)
    {
        _network = network;
        Name = Marshal.PtrToStringUTF8(virNetworkGetName(network)) ?? "";
        var text = stackalloc byte[DomainIdentity.UuidTextLength];
        Check.Succeeded(virNetworkGetUUIDString(network, text));
        Uuid = DomainIdentity.ParseUuid(text);
    }

    public string Name { get; }

    public Guid Uuid { get; }

    public bool IsActive => Check.Succeeded(virNetworkIsActive(_network)) != 0;

    /// <summary>The bridge on the host that guests are plugged into, <c>virbr0</c>.</summary>
    public string BridgeName => Check.OwnedText(virNetworkGetBridgeName(_network));

    public string GetXml() => Check.OwnedText(virNetworkGetXMLDesc(_network, 0));

    /// <summary>Starts a defined network.</summary>
    public void Start() => Check.Succeeded(virNetworkCreate(_network));

    /// <summary>Stops it; a transient one is gone then.</summary>
    public void Destroy() => Check.Succeeded(virNetworkDestroy(_network));

    public void Undefine() => Check.Succeeded(virNetworkUndefine(_network));

    /// <summary>What its DHCP server has given out, to one hardware address or to all.</summary>
    public IReadOnlyList<DhcpLease> GetDhcpLeases(string? mac = null)
    {
        var count = Check.Succeeded(virNetworkGetDHCPLeases(_network, mac, out var leases, 0));
        var result = new DhcpLease[count];
        for (var index = 0; index < count; index++)
        {
            result[index] = DhcpLease.Read(leases[index]);
            virNetworkDHCPLeaseFree(leases[index]);
        }

        NativeMemory.Free(leases);
        return result;
    }

    public void Dispose() => _network.Dispose();
}

/// <summary>One address given out by a network's DHCP server.</summary>
/// <param name="Mac">To whom, in lower case.</param>
/// <param name="Address">The IP address.</param>
/// <param name="PrefixLength">The length of its network's prefix.</param>
/// <param name="Hostname">The name the guest asked with.</param>
/// <param name="ClientId">The client's own identity, if it has one.</param>
/// <param name="ExpiresAt">Until when; null for ever.</param>
public sealed record DhcpLease(
    string Mac,
    string Address,
    int PrefixLength,
    string? Hostname,
    string? ClientId,
    DateTimeOffset? ExpiresAt
)
{
    internal static unsafe DhcpLease Read(VirNetworkDhcpLease* from) =>
        new(
            Marshal.PtrToStringUTF8(from->Mac)?.ToLowerInvariant() ?? "",
            Marshal.PtrToStringUTF8(from->Address) ?? "",
            (int)from->Prefix,
            Marshal.PtrToStringUTF8(from->Hostname),
            Marshal.PtrToStringUTF8(from->ClientId),
            from->Expiry > 0 ? DateTimeOffset.FromUnixTimeSeconds(from->Expiry) : null
        );
}
