using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Migrations;

public sealed class MigrationTargetsTests
{
    private const string Type = "pc-q35-7.2";

    [Fact]
    public void Never_the_host_it_is_on()
    {
        Choose([Host("a", "64Gi"), Host("b"), Host("c", "2Gi")]).ShouldBe("b");
        Choose([Host("a")]).ShouldBe("No host can take the guest: there is none beside a.");
    }

    [Fact]
    public void The_machine_type_is_the_one_the_guest_has()
    {
        var newer = Host("b") with { };
        newer = newer with
        {
            Host = newer.Host with
            {
                Status = newer.Host.Status! with
                {
                    MachineTypes =
                    [
                        new()
                        {
                            Name = "q35",
                            Canonical = "pc-q35-9.2",
                            Architecture = "amd64",
                        },
                    ],
                },
            },
        };
        Choose([Host("a"), newer]).ShouldContain("b does not offer machine type pc-q35-7.2");
    }

    [Fact]
    public void Labels_that_the_migration_adds_count()
    {
        var labelled = Host("c", "2Gi") with
        {
            Node = new() { Metadata = new() { Labels = new Dictionary<string, string> { ["rack"] = "2" } } },
        };
        var added = new Dictionary<string, string> { ["rack"] = "2" };
        Choose([Host("a"), Host("b"), labelled], added).ShouldBe("c");
    }

    [Fact]
    public void A_tainted_host_is_no_target()
    {
        var drained = Host("b") with
        {
            Node = new() { Spec = new() { Taints = [new() { Key = "kubevirt.io/drain", Effect = "NoSchedule" }] } },
        };
        Choose([Host("a"), drained]).ShouldContain("b bears the taint kubevirt.io/drain");
    }

    [Fact]
    public void A_guest_on_real_processors_needs_some_there_too()
    {
        Choose([Host("a", kind: "kvm"), Host("b", kind: "qemu")]).ShouldContain("none beside a that has KVM");
        Choose([Host("a", kind: "kvm"), Host("b", kind: "qemu"), Host("c", "2Gi", "kvm")]).ShouldBe("c");
        Choose([Host("a", kind: "qemu"), Host("b", kind: "kvm")]).ShouldBe("b");
    }

    [Fact]
    public void A_guest_on_real_processors_needs_those_that_it_has_seen()
    {
        var from = Showing(Host("a", kind: "kvm"), "Skylake", "Skylake");

        Choose([from, Showing(Host("b", kind: "kvm"), "Haswell", "Haswell")])
            .ShouldContain("b cannot show CPU model Skylake");
        Choose([from, Showing(Host("b", kind: "kvm"), "Icelake", "Icelake", "Skylake")]).ShouldBe("b");
        Choose([Showing(Host("a"), "Skylake", "Skylake"), Showing(Host("b"), "Haswell", "Haswell")])
            .ShouldContain("b cannot show CPU model Skylake");
    }

    [Fact]
    public void A_guest_that_moves_takes_room_on_both_hosts()
    {
        var moving = MigrationStates.Assigned(Guest(), Moves.Uid, "b");
        Claimed("a", moving).ShouldBe(Claimed("b", moving));
        Claimed("a", moving).ShouldNotBe(ResourceClaim.None);
        Claimed("c", moving).ShouldBe(ResourceClaim.None);
        Claimed("b", MigrationStates.Failed(moving, "x", Moves.Now)).ShouldBe(ResourceClaim.None);
        Claimed("a", MigrationStates.Succeeded(moving, Moves.Now)).ShouldBe(ResourceClaim.None);
    }

    private static ResourceClaim Claimed(string host, VirtualMachineInstance instance) =>
        HostCandidate.Of(Host(host).Host, null, null, [instance], new(), Moves.Now).Claimed;

    private static VirtualMachineInstance Guest() =>
        Moves.Guest().With(status => status with { Machine = new() { Type = Type } });

    private static string Choose(HostCandidate[] hosts, IReadOnlyDictionary<string, string>? added = null)
    {
        var migration = Moves.Migration(null);
        migration = migration with { Spec = migration.Spec with { AddedNodeSelector = added } };
        return MigrationTargets.Choose(Guest(), migration, hosts, new()) switch
        {
            PlacementDecision.Placed placed => placed.Host,
            PlacementDecision.Unplaceable nowhere => nowhere.Message,
            _ => "",
        };
    }

    private static HostCandidate Showing(HostCandidate host, string model, params string[] models) =>
        host with
        {
            Host = host.Host with
            {
                Status = host.Host.Status! with
                {
                    Processor = new() { Model = model, Models = models },
                },
            },
        };

    private static HostCandidate Host(string name, string memory = "4Gi", string kind = "qemu") =>
        new(
            new()
            {
                Metadata = new() { Name = name },
                Status = new()
                {
                    Conditions = [new() { Type = "Ready", Status = "True" }],
                    Architecture = "amd64",
                    Hypervisor = new() { Type = kind },
                    Allocatable = new Dictionary<string, Quantity>
                    {
                        ["cpu"] = Quantity.Parse("4"),
                        ["memory"] = Quantity.Parse(memory),
                    },
                    MachineTypes =
                    [
                        new()
                        {
                            Name = Type,
                            Architecture = "amd64",
                            MaxCpus = 255,
                        },
                    ],
                },
            },
            null,
            HasFreshLease: true,
            ResourceClaim.None
        );
}
