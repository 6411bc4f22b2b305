using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class NetworkDefaultsTests
{
    [Fact]
    public void A_guest_that_names_no_network_has_one()
    {
        var spec = Fill(("domain.devices.interfaces", ""), ("networks", ""));

        spec.Networks.ShouldBe([new() { Name = "default", Pod = new() }]);
        spec.Domain.Devices.Interfaces.ShouldBe([new() { Name = "default", Masquerade = new() }]);
    }

    [Fact]
    public void A_guest_that_wants_no_network_has_none()
    {
        var spec = Fill(
            ("domain.devices.interfaces", ""),
            ("networks", ""),
            ("domain.devices.autoattachPodInterface", "false")
        );

        spec.Networks.ShouldBeNull();
        spec.Domain.Devices.Interfaces.ShouldBeNull();
    }

    [Fact]
    public void A_binding_is_the_clusters_where_none_is_given()
    {
        var bridge = new KubeVirtConfiguration { Network = new() { DefaultNetworkInterface = "bridge" } };
        var open = ("domain.devices.interfaces[0]", """{ "name": "default" }""");

        InterfaceOf(Fill(open)).Masquerade.ShouldNotBeNull();
        var bridged = InterfaceOf(Fill(bridge, open));
        bridged.Bridge.ShouldNotBeNull();
        bridged.Masquerade.ShouldBeNull();
        InterfaceOf(Fill(bridge)).Bridge.ShouldBeNull();
        InterfaceOf(Fill(("domain.devices.interfaces[0]", """{ "name": "default", "bridge": {} }""")))
            .Masquerade.ShouldBeNull();
    }

    [Fact]
    public void Addresses_are_made_from_the_identity_and_last()
    {
        var first = Address(Samples.MachineUid, "default");

        first.ShouldMatch("^02(:[0-9a-f]{2}){5}$");
        Address(Samples.MachineUid, "default").ShouldBe(first);
        Address(Samples.MachineUid.ToUpperInvariant(), "default").ShouldBe(first);
        Address(Samples.InstanceUid, "default").ShouldNotBe(first);
        Address(Samples.MachineUid, "second").ShouldNotBe(first);
    }

    [Fact]
    public void The_address_of_an_identity_never_changes_between_versions()
    {
        Address(Samples.MachineUid, "default").ShouldBe("02:a4:38:24:3d:28");
    }

    [Fact]
    public void An_address_that_is_given_stays_and_none_is_made_without_identity()
    {
        InterfaceOf(
            InstanceDefaults.Fill(
                Samples.InstanceSpec(("domain.devices.interfaces[0].macAddress", "\"02:00:00:00:00:01\"")),
                new(),
                Samples.MachineUid
            )
        )
            .MacAddress.ShouldBe("02:00:00:00:00:01");
        InterfaceOf(Fill()).MacAddress.ShouldBeNull();
    }

    private static VirtualMachineInstanceSpec Fill(params (string Path, string Json)[] changes) => Fill(new(), changes);

    private static VirtualMachineInstanceSpec Fill(
        KubeVirtConfiguration configuration,
        params (string Path, string Json)[] changes
    ) => InstanceDefaults.Fill(Samples.InstanceSpec(changes), configuration, identity: null);

    private static Interface InterfaceOf(VirtualMachineInstanceSpec spec) => spec.Domain.Devices.Interfaces![0];

    private static string Address(string identity, string name) =>
        InterfaceOf(
            InstanceDefaults.Fill(
                Samples.InstanceSpec(("domain.devices.interfaces[0].name", $"\"{name}\"")),
                new(),
                identity
            )
        ).MacAddress!;
}
