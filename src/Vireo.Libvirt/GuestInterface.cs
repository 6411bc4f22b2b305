using System.Runtime.InteropServices;
using Vireo.Libvirt.Native;

namespace Vireo.Libvirt;

/// <summary>Who is asked for a guest's addresses.</summary>
public enum AddressSource
{
    /// <summary>The DHCP server of the libvirt network the guest is on.</summary>
    Lease = 0,

    /// <summary>The guest agent: the only one that knows addresses set by hand, and the loopback interface.</summary>
    Agent = 1,

    /// <summary>The host's neighbour table.</summary>
    Arp = 2,
}

/// <summary>A network interface and its addresses.</summary>
/// <param name="Name">The guest's name for it from the agent (<c>eth0</c>), the host's from the others
/// (<c>vnet3</c>).</param>
/// <param name="Mac">Its hardware address, in lower case; null where it has none.</param>
/// <param name="Addresses">Its IP addresses.</param>
public sealed record GuestInterface(string Name, string? Mac, IReadOnlyList<GuestAddress> Addresses)
{
    internal static unsafe GuestInterface Read(VirDomainInterface* from)
    {
        var addresses = new GuestAddress[from->AddressCount];
        for (var index = 0; index < addresses.Length; index++)
        {
            ref readonly var address = ref from->Addresses[index];
            addresses[index] = new(Marshal.PtrToStringUTF8(address.Address) ?? "", (int)address.Prefix);
        }

        return new(
            Marshal.PtrToStringUTF8(from->Name) ?? "",
            Marshal.PtrToStringUTF8(from->Mac)?.ToLowerInvariant(),
            addresses
        );
    }
}

/// <summary>An IP address, v4 or v6, and the length of its network's prefix.</summary>
public sealed record GuestAddress(string Address, int PrefixLength);
