using Vireo.Api;
using Vireo.ApiServer.Security;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>What the agent of host2 may change of an object that it may write at all.</summary>
public sealed class AgentChangesTests
{
    private static readonly VirtualMachineInstance Here = Instance("host2");
    private static readonly VirtualMachineInstance Coming = Instance("host1", Moving());
    private static readonly VirtualMachineInstance Going = Instance("host2", Moving(from: "host2", to: "host3"));

    [Fact]
    public void It_tells_how_an_instance_on_its_host_is_and_lets_it_go()
    {
        var told = Here with
        {
            Metadata = Here.Metadata with { Finalizers = [], Labels = Labels("host2") },
            Status = Here.Status! with { Phase = VirtualMachineInstancePhase.Succeeded },
        };
        Refuse(Here, told).ShouldBeNull();
    }

    [Fact]
    public void It_tells_of_an_instance_that_is_on_its_way_to_its_host_and_takes_it_over() =>
        Refuse(
                Coming,
                Coming with
                {
                    Metadata = Coming.Metadata with { Labels = Labels("host2") },
                    Status = Coming.Status! with
                    {
                        NodeName = "host2",
                        MigrationState = Coming.Status.MigrationState! with
                        {
                            TargetNodeAddress = "https://10.0.0.2:7444",
                        },
                    },
                }
            )
            .ShouldBeNull();

    [Fact]
    public void It_hands_an_instance_over_to_the_host_that_it_is_to_go_to_and_to_no_other()
    {
        Refuse(Going, Going with { Status = Going.Status! with { NodeName = "host3" } }).ShouldBeNull();
        Refuse(Going, Going with { Status = Going.Status! with { NodeName = "host4" } })
            .ShouldBe("host \"host4\" is not where it runs or is to go (status.nodeName)");
        Refuse(Going, Going with { Status = Going.Status! with { NodeName = null } }).ShouldNotBeNull();
    }

    [Fact]
    public void An_instance_of_another_host_or_of_none_is_not_its_own()
    {
        var others = new[]
        {
            Instance("host1"),
            Instance(null),
            Instance("host1", Moving(to: "host3")),
            Instance("host1", Moving() with { EndTimestamp = DateTimeOffset.UnixEpoch }),
        };
        foreach (var other in others)
        {
            Refuse(other, other).ShouldBe("it is not on host \"host2\"");
            Refuse(other, other with { Status = other.Status! with { Phase = VirtualMachineInstancePhase.Failed } })
                .ShouldBe("it is not on host \"host2\"");
        }

        Refuse(null, Here).ShouldNotBeNull();
    }

    [Fact]
    public void It_claims_a_guest_that_it_was_to_take_though_the_move_was_thought_to_have_failed()
    {
        var ended = Instance("host1", Moving() with { EndTimestamp = DateTimeOffset.UnixEpoch, Failed = true });
        var claimed = ended with { Status = ended.Status! with { NodeName = "host2" } };
        Refuse(ended, claimed).ShouldBeNull();
        Refuse(Instance("host1"), Instance("host2")).ShouldNotBeNull();
    }

    [Fact]
    public void What_an_instance_is_to_be_is_not_the_agents()
    {
        Refuse(Here, Here with { Spec = Here.Spec with { Hostname = "other" } }).ShouldNotBeNull();
        Refuse(Here, Here with { Metadata = Here.Metadata with { OwnerReferences = [] } }).ShouldNotBeNull();
        Refuse(Here, Here with { Metadata = Here.Metadata with { Labels = Labels("host2", "b") } }).ShouldNotBeNull();
        Refuse(Here, Here with { Metadata = Here.Metadata with { Annotations = Labels("host2") } }).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("unix:///run/docker.sock")]
    [InlineData("http://10.0.0.2:7444")]
    [InlineData("https://10.0.0.2:7444/x")]
    [InlineData("")]
    public void Nobody_is_sent_where_no_agent_of_a_host_that_joined_can_be(string endpoint)
    {
        var migration = Coming.Status!.MigrationState! with { TargetNodeAddress = endpoint };
        Refuse(Coming, Coming with { Status = Coming.Status with { MigrationState = migration } }).ShouldNotBeNull();
        Refuse(null, OfHost("host2", endpoint)).ShouldNotBeNull().ShouldContain("is no endpoint");
    }

    [Fact]
    public void Which_migration_an_instance_is_in_is_not_the_agents()
    {
        var state = Going.Status!.MigrationState!;
        foreach (
            var other in new[]
            {
                state with
                {
                    TargetNode = "host2",
                },
                state with
                {
                    SourceNode = "host1",
                },
                state with
                {
                    MigrationUid = "other",
                },
                null,
            }
        )
        {
            Refuse(Going, Going with { Status = Going.Status with { MigrationState = other } }).ShouldNotBeNull();
        }

        Refuse(Here, Here with { Status = Here.Status! with { MigrationState = Moving() } }).ShouldNotBeNull();
        Refuse(Going, Going with { Status = Going.Status with { MigrationState = state with { Completed = true } } })
            .ShouldBeNull();
    }

    [Fact]
    public void Of_a_machine_it_changes_the_disks_that_its_host_keeps_for_it()
    {
        var machine = Machine("host2");
        Refuse(
                machine,
                machine with
                {
                    Status = machine.Status! with
                    {
                        SavedDisks = new() { Image = "registry/x" },
                        Shelved = null,
                    },
                }
            )
            .ShouldBeNull();
        Refuse(machine, machine with { Status = machine.Status! with { Created = true } }).ShouldNotBeNull();
        Refuse(Machine("host1"), Machine("host1")).ShouldNotBeNull();
        Refuse(Machine(null), Machine("host2")).ShouldNotBeNull();
    }

    [Fact]
    public void Its_own_host_node_and_lease_are_its_to_tell()
    {
        Refuse(null, OfHost("host2", "https://10.0.0.2:7444")).ShouldBeNull();
        Refuse(null, OfHost("host2", null)).ShouldBeNull();
        Refuse(null, OfHost("host1", "https://10.0.0.2:7444")).ShouldNotBeNull();
        Refuse(null, new Node { Metadata = new() { Name = "host2" } }).ShouldBeNull();
        Refuse(null, new Node { Metadata = new() { Name = "host1" } }).ShouldNotBeNull();
        Refuse(null, new Lease { Metadata = new() { Name = "host2" } }).ShouldBeNull();
        Refuse(null, new Lease { Metadata = new() { Name = "vireo-controllers" } }).ShouldNotBeNull();
    }

    [Fact]
    public void It_does_not_say_that_guests_may_be_placed_on_it_again()
    {
        var drained = new Node
        {
            Metadata = new() { Name = "host2" },
            Spec = new() { Unschedulable = true },
        };
        Refuse(drained, drained with { Spec = null }).ShouldNotBeNull();
        Refuse(drained, drained with { Status = new() }).ShouldBeNull();
    }

    [Fact]
    public void It_tells_events_in_its_own_name_about_what_is_on_its_host()
    {
        var told = Told("host2", "VirtualMachineInstance", "a", "u");
        Refuse(null, told, Here).ShouldBeNull();
        Refuse(told, told with { Count = 2 }, Here).ShouldBeNull();
        // Each host of a move tells its side of it.
        Refuse(null, told, Instance("host3", Moving(from: "host2", to: "host3"))).ShouldBeNull();
        // The instance is gone: what became of it is told all the same.
        Refuse(null, told).ShouldBeNull();
        Refuse(null, Told("host2", "Host", "host2", null)).ShouldBeNull();

        Refuse(null, told, Instance("host1")).ShouldNotBeNull();
        Refuse(null, Told("host1", "VirtualMachineInstance", "a", "u"), Here).ShouldNotBeNull();
        Refuse(Told("host1", "VirtualMachineInstance", "a", "u"), told, Here).ShouldNotBeNull();
        Refuse(Told("host2", "VirtualMachineInstance", "b", "u"), told, Here).ShouldNotBeNull();
        Refuse(null, Told("host2", "VirtualMachine", "a", "u")).ShouldNotBeNull();
        Refuse(null, Told("host2", "Host", "host1", null)).ShouldNotBeNull();
    }

    [Fact]
    public void Other_kinds_are_none_of_its_business() =>
        Refuse(null, new ConfigMap { Metadata = new() { Name = "host2" } }).ShouldNotBeNull();

    private static string? Refuse(IResource? old, IResource next, VirtualMachineInstance? about = null) =>
        AgentChanges.Refuse("host2", old, next, about);

    private static VirtualMachineInstance Instance(
        string? node,
        VirtualMachineInstanceMigrationState? migration = null
    ) =>
        new()
        {
            Metadata = new()
            {
                Name = "a",
                Namespace = "default",
                Uid = "u",
                Labels = Labels(node),
                Finalizers = ["kubevirt.io/foregroundDeleteVirtualMachine"],
                OwnerReferences =
                [
                    new()
                    {
                        ApiVersion = "kubevirt.io/v1",
                        Kind = "VirtualMachine",
                        Name = "a",
                        Uid = "m",
                    },
                ],
            },
            Spec = new() { Domain = new() { Devices = new() } },
            Status = new() { NodeName = node, MigrationState = migration },
        };

    private static Dictionary<string, string> Labels(string? node, string own = "a")
    {
        var labels = new Dictionary<string, string> { ["app"] = own };
        if (node is not null)
        {
            labels["kubevirt.io/nodeName"] = node;
        }

        return labels;
    }

    private static VirtualMachineInstanceMigrationState Moving(string from = "host1", string to = "host2") =>
        new()
        {
            MigrationUid = "w",
            SourceNode = from,
            TargetNode = to,
        };

    private static VirtualMachine Machine(string? keeper) =>
        new()
        {
            Metadata = new() { Name = "a", Namespace = "default" },
            Spec = new() { Template = new() { Spec = new() { Domain = new() { Devices = new() } } } },
            Status = new()
            {
                SavedDisks = new() { Image = "saved", Host = keeper },
            },
        };

    private static Host OfHost(string name, string? endpoint) =>
        new()
        {
            Metadata = new() { Name = name },
            Status = new() { Endpoint = endpoint },
        };

    private static Event Told(string by, string kind, string name, string? uid) =>
        new()
        {
            InvolvedObject = new()
            {
                Kind = kind,
                Namespace = "default",
                Name = name,
                Uid = uid,
            },
            Source = new() { Component = "vireo-agent", Host = by },
        };
}
