using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeOffersTests
{
    private static readonly Host[] Mixed = [Rhel9("nine"), Rhel10("ten")];

    [Fact]
    public void Common_is_what_every_ready_host_offers_in_order() =>
        MachineTypeOffers
            .Of([.. Mixed, NotReady(Host("away", "pc-q35-7.2"))])
            .Common.ShouldBe(["pc", "q35", "pc-q35-rhel9.4.0", "pc-q35-rhel9.6.0"]);

    [Theory]
    [InlineData("q35", "rhel", "pc-q35-rhel9.6.0")]
    [InlineData("pc", "rhel", null)]
    [InlineData("q35", "", null)]
    public void The_newest_is_of_one_line_and_offered_by_all(string family, string vendor, string? newest) =>
        $"{MachineTypeOffers.Of(Mixed).Newest(family, vendor)}".ShouldBe(newest ?? "");

    [Fact]
    public void The_newest_is_no_variant_but_may_be_a_fix() =>
        MachineTypeOffers
            .Of([Host("one", "pc-q35-jammy", "pc-q35-noble", "pc-q35-noble-v2", "pc-q35-resolute-hpb")])
            .Newest("q35", "ubuntu")
            .ShouldNotBeNull()
            .ToString()
            .ShouldBe("pc-q35-noble-v2");

    [Fact]
    public void An_alias_means_what_all_hosts_that_offer_it_say()
    {
        MachineTypeOffers.Of(Mixed).Canonical("q35").ShouldBeNull();
        MachineTypeOffers.Of([Rhel9("nine")]).Canonical("q35").ShouldBe("pc-q35-rhel9.6.0");
        MachineTypeOffers.Of([Rhel9("nine")]).Canonical("pc-q35-rhel9.0.0").ShouldBe("pc-q35-rhel9.0.0");
        MachineTypeOffers.Of([Rhel9("nine")]).Canonical("virt").ShouldBeNull();
    }

    [Fact]
    public void Where_no_host_is_ready_each_counts() =>
        MachineTypeOffers.Of([NotReady(Rhel9("nine"))]).Offers("pc-q35-rhel9.0.0").ShouldBeTrue();

    [Fact]
    public void A_type_is_deprecated_when_one_host_says_so_of_it_or_of_what_it_means()
    {
        var offers = MachineTypeOffers.Of(Mixed);

        offers.IsDeprecated("pc-q35-rhel9.6.0").ShouldBeTrue();
        offers.IsDeprecated("pc").ShouldBeTrue();
        offers.IsDeprecated("pc-q35-rhel10.0.0").ShouldBeFalse();
    }

    [Fact]
    public void Hosts_of_another_architecture_do_not_count()
    {
        var arm = Host("arm");
        arm = arm with
        {
            Status = arm.Status! with
            {
                Architecture = "arm64",
                MachineTypes = [new() { Name = "virt-9.2", Architecture = "arm64" }],
            },
        };

        MachineTypeOffers.Of([Upstream("one"), arm], "amd64").IsOfferedByAll("pc-q35-9.2").ShouldBeTrue();
        MachineTypeOffers.Of([Upstream("one"), arm], "amd64").Offers("virt-9.2").ShouldBeFalse();
        MachineTypeOffers.Of([Upstream("one"), arm]).Offers("virt-9.2").ShouldBeTrue();
        MachineTypeOffers.Of([Upstream("one"), arm]).Newest("virt", "").ShouldNotBeNull();
        MachineTypeOffers
            .Of([Upstream("one"), arm])
            .Newest("q35", "")
            .ShouldNotBeNull()
            .ToString()
            .ShouldBe("pc-q35-9.2");
    }

    [Theory]
    [InlineData("pc-q35-rhel8.6.0", "pc-q35-rhel9.4.0")]
    [InlineData("pc-q35-rhel11.0.0", "pc-q35-rhel10.0.0")]
    [InlineData("pc-i440fx-rhel7.6.0", "pc-i440fx-rhel10.0.0")]
    [InlineData("q53", "q35")]
    public void The_nearest_name_is_of_the_same_line_and_the_nearest_version(string missing, string nearest) =>
        MachineTypeOffers.Of([Rhel10("ten")]).Nearest(missing, 3)[0].ShouldBe(nearest);
}
