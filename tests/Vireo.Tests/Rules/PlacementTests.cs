using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class PlacementTests
{
    private static readonly KubeVirtConfiguration Configuration = new();

    [Fact]
    public void The_host_with_the_most_memory_free_is_chosen_and_then_the_first_by_name()
    {
        Choose(Host("b", "4Gi"), Host("c", "8Gi"), Host("a", "4Gi")).ShouldBe(new PlacementDecision.Placed("c"));
        Choose(Host("b", "4Gi"), Host("a", "4Gi")).ShouldBe(new PlacementDecision.Placed("a"));
        Choose(Host("a", "8Gi") with { Claimed = new(7L << 30, 0) }, Host("b", "4Gi"))
            .ShouldBe(new PlacementDecision.Placed("b"));
    }

    [Fact]
    public void A_host_without_room_is_passed_over()
    {
        Choose(Host("a", "64Mi"), Host("b", "4Gi"), Host("c", "32Mi")).ShouldBe(new PlacementDecision.Placed("b"));
    }

    [Fact]
    public void Without_hosts_the_message_says_what_to_do()
    {
        Refused().Message.ShouldBe("No host can run this instance: there is no host. Start a Vireo agent.");
    }

    [Fact]
    public void An_instance_larger_than_any_host_is_told_both_sizes()
    {
        var unplaceable = Placement
            .Choose(Wanting(("domain.memory.guest", "\"64Gi\"")), [Host("a", "4Gi"), Host("b", "8Gi")], Configuration)
            .ShouldBeOfType<PlacementDecision.Unplaceable>();

        unplaceable.Message.ShouldStartWith("No host can run this instance: it needs 64.2Gi of memory");
        unplaceable.Message.ShouldContain("the largest host, b, has 8192Mi");
        unplaceable.Message.ShouldContain("spec.domain.memory.guest");
        unplaceable.Hosts.Count.ShouldBe(2);
    }

    [Fact]
    public void A_full_host_tells_what_is_free()
    {
        Why(Host("a", "1Gi") with { Claimed = new(1000L << 20, 0) })
            .ShouldBe("has 24Mi of memory free of 1024Mi, 186Mi needed");
    }

    [Fact]
    public void Processors_are_shared_by_the_ratio_and_then_used_up()
    {
        Why(Host("a") with { Claimed = new(0, 3950) }).ShouldBe("has 0.05 processors free of 4, 0.1 needed");
        Choose(Host("a") with { Claimed = new(0, 3900) }).ShouldBeOfType<PlacementDecision.Placed>();
    }

    [Fact]
    public void A_host_whose_agent_is_silent_is_not_chosen()
    {
        Why(Host("a") with { HasFreshLease = false }).ShouldStartWith("is not heard of");
    }

    [Theory]
    [InlineData("False")]
    [InlineData("Unknown")]
    public void A_host_that_is_not_ready_is_not_chosen(string status)
    {
        Why(Offering(Host("a"), offer => offer with { Conditions = [new() { Type = "Ready", Status = status }] }))
            .ShouldBe("is not Ready");
        Why(Offering(Host("a"), offer => offer with { Conditions = null })).ShouldBe("is not Ready");
    }

    [Fact]
    public void A_cordoned_host_is_not_chosen_whichever_object_says_so()
    {
        var host = Host("a");

        Why(host with { Host = host.Host with { Spec = new() { Unschedulable = true } } }).ShouldBe("is cordoned");
        Why(host with { Node = new() { Spec = new() { Unschedulable = true } } }).ShouldBe("is cordoned");
    }

    [Fact]
    public void A_host_of_another_architecture_is_not_chosen()
    {
        Why(Offering(Host("a"), offer => offer with { Architecture = "arm64" })).ShouldBe("is arm64, not amd64");
    }

    [Theory]
    [InlineData("q35", true)]
    [InlineData("pc-q35-7.2", true)]
    [InlineData("pc-q35-7.1", true)]
    [InlineData("pc-q35-9.2", false)]
    public void A_host_must_offer_the_machine_type_by_name_or_alias(string type, bool isOffered)
    {
        var decision = Placement.Choose(Wanting(("domain.machine.type", $"\"{type}\"")), [Host("a")], Configuration);

        (decision is PlacementDecision.Placed).ShouldBe(isOffered);
        if (decision is PlacementDecision.Unplaceable unplaceable)
        {
            unplaceable.Hosts[0].Why.ShouldBe("does not offer machine type pc-q35-9.2");
            unplaceable.Message.ShouldEndWith(". The nearest that are offered: pc-q35-7.2, pc-q35-7.1, q35.");
        }
    }

    [Fact]
    public void A_machine_type_limits_the_vcpus()
    {
        Placement
            .Choose(Wanting(("domain.cpu.sockets", "300")), [Host("a", cpu: "64")], Configuration)
            .ShouldBeOfType<PlacementDecision.Unplaceable>()
            .Hosts[0]
            .Why.ShouldBe("allows 288 vCPUs with machine type q35, not 300");
    }

    [Fact]
    public void A_node_must_bear_the_labels_that_are_asked_for()
    {
        var instance = Wanting(("nodeSelector.zone", "\"east\""));
        var east = Labelled("a", "east");

        Placement.Choose(instance, [east], Configuration).ShouldBeOfType<PlacementDecision.Placed>();
        foreach (var other in new[] { Labelled("a", "west"), Host("a") with { Node = null }, Host("a") })
        {
            Placement
                .Choose(instance, [other], Configuration)
                .ShouldBeOfType<PlacementDecision.Unplaceable>()
                .Message.ShouldBe("No host can run this instance: a lacks the label zone=east.");
        }
    }

    [Fact]
    public void All_that_is_wrong_with_a_host_is_told()
    {
        var host = Offering(Host("a", "64Mi"), offer => offer with { Architecture = "arm64" });

        Why(host with { HasFreshLease = false }, Host("b", "1Gi") with { Claimed = new(1L << 30, 0) })
            .ShouldBe(
                "is not heard of (its agent does not renew its lease), is arm64, not amd64, "
                    + "has 64Mi of memory free of 64Mi, 186Mi needed"
            );
    }

    [Fact]
    public void A_long_list_of_hosts_is_cut()
    {
        var hosts = Enumerable.Range(1, 7).Select(number => Host($"h{number}") with { HasFreshLease = false });

        var unplaceable = Refused([.. hosts]);
        unplaceable.Message.ShouldEndWith("; and 2 more.");
        unplaceable.Hosts.Count.ShouldBe(7);
    }

    [Fact]
    public void A_candidate_counts_the_instances_that_are_bound_to_it_and_live()
    {
        var bound = Bound("a", VirtualMachineInstancePhase.Scheduled);
        var one = ResourceClaim.Of(bound.Spec, Configuration);

        var candidate = HostCandidate.Of(
            Host("a").Host,
            null,
            null,
            [
                bound,
                Bound("a", VirtualMachineInstancePhase.Running),
                Bound("a", VirtualMachineInstancePhase.Failed),
                Bound("b", VirtualMachineInstancePhase.Running),
                Bound(null, VirtualMachineInstancePhase.Pending),
            ],
            Configuration,
            Samples.Now
        );

        candidate.Claimed.ShouldBe(one + one);
        candidate.HasFreshLease.ShouldBeFalse();
    }

    [Fact]
    public void A_lease_is_fresh_until_its_duration_is_over()
    {
        var lease = new Lease
        {
            Spec = new() { RenewTime = Samples.Now, LeaseDurationSeconds = 20 },
        };

        HostCandidate.IsFresh(lease, Samples.Now.AddSeconds(19)).ShouldBeTrue();
        HostCandidate.IsFresh(lease, Samples.Now.AddSeconds(20)).ShouldBeFalse();
        HostCandidate.IsFresh(new() { Spec = new() }, Samples.Now).ShouldBeFalse();
        HostCandidate.IsFresh(null, Samples.Now).ShouldBeFalse();
    }

    [Fact]
    public void Absurd_claims_do_not_wrap_around()
    {
        var most = new ResourceClaim(long.MaxValue, long.MaxValue);

        (most + most).ShouldBe(most);
        Placement
            .Choose(Wanting(("domain.memory.guest", "\"8Ei\"")), [Host("a")], Configuration)
            .ShouldBeOfType<PlacementDecision.Unplaceable>();
    }

    private static PlacementDecision Choose(params HostCandidate[] hosts) =>
        Placement.Choose(Wanting(), hosts, Configuration);

    private static PlacementDecision.Unplaceable Refused(params HostCandidate[] hosts) =>
        Choose(hosts).ShouldBeOfType<PlacementDecision.Unplaceable>();

    private static string Why(params HostCandidate[] hosts) =>
        Refused(hosts).Hosts.Single(refusal => refusal.Host == "a").Why;

    private static VirtualMachineInstance Wanting(params (string Path, string Json)[] changes) =>
        Samples.Instance() with
        {
            Spec = Samples.InstanceSpec([
                ("architecture", "\"amd64\""),
                ("domain.machine.type", "\"q35\""),
                .. changes,
            ]),
        };

    private static VirtualMachineInstance Bound(string? host, VirtualMachineInstancePhase phase) =>
        Samples.Instance() with
        {
            Status = new() { NodeName = host, Phase = phase },
        };

    private static HostCandidate Labelled(string name, string zone) =>
        Host(name) with
        {
            Node = new() { Metadata = new() { Labels = new Dictionary<string, string> { ["zone"] = zone } } },
        };

    private static HostCandidate Offering(HostCandidate host, Func<HostStatus, HostStatus> change) =>
        host with
        {
            Host = host.Host with { Status = change(host.Host.Status!) },
        };

    private static HostCandidate Host(string name, string memory = "4Gi", string cpu = "4") =>
        new(
            new()
            {
                Metadata = new() { Name = name },
                Status = new()
                {
                    Architecture = "amd64",
                    Conditions = [new() { Type = "Ready", Status = "True" }],
                    Allocatable = new Dictionary<string, Quantity>
                    {
                        ["memory"] = Quantity.Parse(memory),
                        ["cpu"] = Quantity.Parse(cpu),
                    },
                    MachineTypes =
                    [
                        new()
                        {
                            Name = "q35",
                            Canonical = "pc-q35-7.2",
                            Architecture = "amd64",
                            MaxCpus = 288,
                        },
                        new() { Name = "pc-q35-7.1", Architecture = "amd64" },
                    ],
                },
            },
            new(),
            HasFreshLease: true,
            ResourceClaim.None
        );
}
