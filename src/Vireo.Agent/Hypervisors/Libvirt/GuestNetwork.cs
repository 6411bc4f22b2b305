using System.Buffers.Binary;
using System.Net;
using System.Xml.Linq;
using Vireo.Libvirt;

namespace Vireo.Agent;

/// <summary>The network that this host's guests are on: its own addresses, the host in between.</summary>
/// <param name="Name">libvirt's name for it.</param>
/// <param name="Bridge">The bridge on the host.</param>
/// <param name="Subnet">Its IPv4 addresses, for example 10.77.0.0/24; the first is the host's.</param>
internal sealed record GuestNetwork(string Name, string Bridge, IPNetwork Subnet)
{
    private const long HostOffset = 1;

    private long Size => 1L << (32 - Subnet.PrefixLength);

    /// <summary>Makes the network if it is not there. It is made anew after each boot of the host.</summary>
    /// <returns>Null, or why guests get no network and what to do.</returns>
    public string? Ensure(LibvirtConnection connection)
    {
        try
        {
            using var network = connection.FindNetwork(Name);
            if (network is null)
            {
                connection.CreateNetwork(Render().ToString()).Dispose();
            }
            else if (!network.IsActive)
            {
                network.Start();
            }

            return null;
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            return $"this host cannot make the network {Name} for its guests: {e.Reason} "
                + $"(bridge {Bridge}, addresses {Subnet}; it needs root, dnsmasq-base and iptables).";
        }
    }

    /// <summary>True for an address that a guest of this network can have: of its own, and not the host's.</summary>
    public bool CanBeGuest(IPAddress address)
    {
        var offset = Subnet.Contains(address) ? Number(address) - Number(Subnet.BaseAddress) : 0;
        return offset > HostOffset && offset < Size - 1;
    }

    /// <summary>The network as libvirt is told.</summary>
    public XElement Render()
    {
        return new(
            "network",
            new XElement("name", Name),
            new XElement("forward", new XAttribute("mode", "nat")),
            new XElement(
                "bridge",
                new XAttribute("name", Bridge),
                new XAttribute("stp", "off"),
                new XAttribute("delay", "0")
            ),
            new XElement(
                "ip",
                new XAttribute("address", Address(HostOffset)),
                new XAttribute("prefix", Subnet.PrefixLength),
                new XElement(
                    "dhcp",
                    new XElement(
                        "range",
                        new XAttribute("start", Address(HostOffset + 1)),
                        new XAttribute("end", Address(Size - 2))
                    )
                )
            )
        );
    }

    private string Address(long offset)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(Number(Subnet.BaseAddress) + offset));
        return new IPAddress(bytes).ToString();
    }

    private static long Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
