using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

/// <summary>How processors and memory come to a guest that runs.</summary>
public sealed class HotplugWayTests
{
    private static readonly KubeVirtSpec ByMigration = new()
    {
        WorkloadUpdateStrategy = new() { WorkloadUpdateMethods = ["LiveMigrate", "Evict"] },
    };

    private static readonly VirtualMachineInstance Guest = Grown("1Gi");

    [Fact]
    public void Without_being_asked_to_migrate_a_guest_is_given_it_where_it_runs()
    {
        Way(Migratable(Guest), new(), Host("here"), Host("there")).ShouldBe(Hotplug.InPlace);
        Way(Migratable(Guest), null, Host("here"), Host("there")).ShouldBe(Hotplug.InPlace);
    }

    [Fact]
    public void Asked_to_a_guest_that_can_is_given_it_by_a_migration_while_another_host_has_room()
    {
        Way(Migratable(Guest), ByMigration, Host("here"), Host("there")).ShouldBe(Hotplug.LiveMigrate);
        Way(Migratable(Guest), ByMigration, Host("here"), Host("there", "512Mi")).ShouldBe(Hotplug.InPlace);
        Way(Migratable(Guest), ByMigration, Host("here")).ShouldBe(Hotplug.InPlace);
        Way(Migratable(Guest), ByMigration, Host("here"), Host("there") with { HasFreshLease = false })
            .ShouldBe(Hotplug.InPlace);
    }

    [Fact]
    public void A_guest_that_cannot_migrate_or_of_which_nobody_knows_is_given_it_where_it_runs()
    {
        Way(Guest, ByMigration, Host("here"), Host("there")).ShouldBe(Hotplug.InPlace);
        Way(Guest.With("LiveMigratable", "False", "DisksNotLiveMigratable"), ByMigration, Host("here"), Host("there"))
            .ShouldBe(Hotplug.InPlace);
    }

    [Fact]
    public void A_guest_goes_only_where_its_machine_type_is()
    {
        var guest = Migratable(Guest);
        guest = guest with { Status = guest.Status! with { Machine = new() { Type = "pc-q35-7.2" } } };

        Way(guest, ByMigration, Host("here"), Host("there")).ShouldBe(Hotplug.InPlace);
    }

    [Fact]
    public void A_host_that_is_full_gives_no_more()
    {
        var full = Host("here", "1Gi") with { Claimed = new(1200L << 20, 0) };

        var way = HotplugWay.Of(Guest, new(), [full, Host("there")]);

        way.Reason.ShouldBe(Hotplug.NoRoom);
        way.Message.ShouldStartWith("here lacks 176Mi of memory for it");
        Way(Grown("256Mi"), new(), full).ShouldBe(Hotplug.InPlace);
    }

    [Fact]
    public void Who_may_not_know_the_hosts_is_told_what_it_depends_on()
    {
        Unknown(Migratable(Guest), ByMigration)
            .ShouldBe(
                new(HotplugWay.HostsUnknown, "by a migration if another host has room for the guest, else in place")
            );
        Unknown(Guest, ByMigration).ShouldBe(new(HotplugWay.HostsUnknown, "in place, once its host has room"));
        Unknown(Migratable(Guest), new()).ShouldBe(new(HotplugWay.HostsUnknown, "in place, once its host has room"));
        Unknown(Grown("256Mi"), new()).Reason.ShouldBe(Hotplug.InPlace);

        static HotplugWay Unknown(VirtualMachineInstance guest, KubeVirtSpec installation) =>
            HotplugWay.Of(guest, installation, null);
    }

    private static string Way(VirtualMachineInstance guest, KubeVirtSpec? installation, params HostCandidate[] hosts) =>
        HotplugWay.Of(guest, installation, hosts).Reason;

    private static VirtualMachineInstance Grown(string memory) =>
        LiveUpdates.Running(Samples.InstanceSpec(("domain.memory.guest", "\"512Mi\""))).Told(memory: memory);

    private static VirtualMachineInstance Migratable(VirtualMachineInstance guest) =>
        guest.With("LiveMigratable", "True", null);

    private static HostCandidate Host(string name, string memory = "8Gi") =>
        new(
            new()
            {
                Metadata = new() { Name = name },
                Status = Controllers.Objects.Offer("True", memory),
            },
            Node: null,
            HasFreshLease: true,
            ResourceClaim.None
        );
}
