using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

public sealed class LibvirtNetworkTests : IDisposable
{
    private const string Mac = "52:54:00:0a:0b:0c";

    private const string Xml = """
        <network>
          <name>green</name>
          <bridge name='virgreen'/>
          <ip address='10.99.0.1' prefix='24'><dhcp><range start='10.99.0.10' end='10.99.0.20'/></dhcp></ip>
        </network>
        """;

    private readonly TestHost _host = new();

    private LibvirtConnection Connection => _host.Connection;

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_transient_network_is_gone_once_destroyed()
    {
        using var network = Connection.CreateNetwork(Xml);
        network.IsActive.ShouldBeTrue();
        network.BridgeName.ShouldBe("virgreen");

        network.Destroy();

        Connection.FindNetwork("green").ShouldBeNull();
    }

    [Fact]
    public void A_defined_network_is_started_found_and_removed()
    {
        using var defined = Connection.DefineNetwork(Xml);
        defined.IsActive.ShouldBeFalse();
        defined.Start();

        using (var found = Connection.FindNetwork("green").ShouldNotBeNull())
        {
            found.Uuid.ShouldBe(defined.Uuid);
            found.IsActive.ShouldBeTrue();
            found.GetXml().ShouldContain("10.99.0.1");
        }

        foreach (var listed in Connection.ListNetworks())
        {
            listed.Name.ShouldBe("green");
            listed.Dispose();
        }

        defined.Destroy();
        defined.Undefine();
        Connection.ListNetworks().ShouldBeEmpty();
    }

    [Fact]
    public void A_domain_on_a_network_has_the_address_of_its_lease()
    {
        using var network = Connection.CreateNetwork(Xml);
        using var domain = Connection.CreateDomain(
            TestHost
                .Xml("leased")
                .Replace(
                    "</domain>",
                    $"<devices><interface type='network'><mac address='{Mac}'/><source network='green'/></interface></devices></domain>",
                    StringComparison.Ordinal
                )
        );

        var only = domain.GetInterfaceAddresses(AddressSource.Lease).ShouldHaveSingleItem();

        only.Mac.ShouldBe(Mac);
        var address = only.Addresses.ShouldHaveSingleItem();
        address.Address.ShouldStartWith("10.99.0.");
        address.PrefixLength.ShouldBe(24);
    }
}
