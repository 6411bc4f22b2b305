using Vireo.Agent;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Agent;

public sealed class InstanceReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static ObservedDomain Seen { get; } =
        new()
        {
            Key = new("default", "tiny"),
            Uid = Samples.Instance.Metadata.Uid,
            MachineType = "pc-q35-7.2",
            IsEmulated = true,
            Disks = [new("root", "vda")],
            Interfaces = [new("default", "02:c0:8b:8b:e7:57", IsUp: true, Queues: 1)],
        };

    [Fact]
    public void A_guest_that_runs_has_its_machine_type_its_disks_and_its_size_told()
    {
        var status = InstanceReport.Running(Samples.Instance, Seen, null, [Samples.Disks[0]], Now);
        status.Phase.ShouldBe(Phase.Running);
        status
            .PhaseTransitionTimestamps!.Single()
            .ShouldBe(new() { Phase = Phase.Running, PhaseTransitionTimestamp = Now });
        status.Machine!.Type.ShouldBe("pc-q35-7.2");
        (status.MigrationMethod, status.MigrationTransport).ShouldBe(("BlockMigration", "Unix"));
        status.CurrentCPUTopology.ShouldBe(
            new()
            {
                Sockets = 1,
                Cores = 1,
                Threads = 1,
            }
        );
        status.Memory!.GuestCurrent!.Value.ToString().ShouldBe("128Mi");
        status
            .VolumeStatus!.Single()
            .ShouldBe(
                new()
                {
                    Name = "root",
                    Target = "vda",
                    Phase = "Ready",
                    Size = 1 << 20,
                }
            );
        Conditions.IsTrue(status.Conditions, "Ready").ShouldBeTrue();
        Conditions.IsTrue(status.Conditions, "SoftwareEmulation").ShouldBeTrue();
        Conditions.Find(status.Conditions, "AgentConnected").ShouldBeNull();
        Conditions.Find(status.Conditions, "Paused").ShouldBeNull();
        status.NodeName.ShouldBe("node1");
    }

    [Fact]
    public void A_paused_guest_is_not_ready_and_says_why()
    {
        var status = InstanceReport.Running(
            Samples.Instance,
            Seen with
            {
                PausedReason = "PausedByUser",
            },
            null,
            null,
            Now
        );
        Conditions.Find(status.Conditions, "Paused")!.Reason.ShouldBe("PausedByUser");
        Conditions.Find(status.Conditions, "Ready")!.Status.ShouldBe("False");
        var again = InstanceReport.Running(Samples.Instance with { Status = status }, Seen, null, null, Now);
        Conditions.Find(again.Conditions, "Paused").ShouldBeNull();
        Conditions.IsTrue(again.Conditions, "Ready").ShouldBeTrue();
    }

    [Fact]
    public void What_the_guest_says_of_its_addresses_is_told_with_the_best_first()
    {
        var guest = new ObservedGuest(
            new() { Id = "debian" },
            [
                new(null, "lo", ["127.0.0.1"]),
                new("02:c0:8b:8b:e7:57", "eth0", ["fe80::1", "2001:db8::5", "10.77.0.5"]),
                new("02:42:00:00:00:01", "docker0", ["172.17.0.1"]),
            ]
        );
        var status = InstanceReport.Running(Samples.Instance, Seen with { IsAgentConnected = true }, guest, null, Now);
        status.GuestOSInfo!.Id.ShouldBe("debian");
        Conditions.IsTrue(status.Conditions, "AgentConnected").ShouldBeTrue();
        status.Interfaces!.Count.ShouldBe(2);
        status.Interfaces[0].Name.ShouldBe("default");
        status.Interfaces[0].InterfaceName.ShouldBe("eth0");
        status.Interfaces[0].InfoSource.ShouldBe("domain, guest-agent");
        status.Interfaces[0].IpAddress.ShouldBe("10.77.0.5");
        status.Interfaces[0].IpAddresses.ShouldBe(["10.77.0.5", "2001:db8::5", "fe80::1"]);
        status.Interfaces[1].InterfaceName.ShouldBe("docker0");
        status.Interfaces[1].Name.ShouldBeNull();
    }

    [Fact]
    public void An_address_stays_told_while_the_guest_says_nothing_new()
    {
        var guest = new ObservedGuest(null, [new("02:c0:8b:8b:e7:57", null, ["10.77.0.5"])]);
        var told = InstanceReport.Running(Samples.Instance, Seen, guest, null, Now);
        told.Interfaces!.Single().InfoSource.ShouldBe("domain");
        var again = InstanceReport.Running(Samples.Instance with { Status = told }, Seen, null, null, Now.AddHours(1));
        again.Interfaces!.Single().IpAddress.ShouldBe("10.77.0.5");
        again.PhaseTransitionTimestamps.ShouldBe(told.PhaseTransitionTimestamps);
        Conditions.Find(again.Conditions, "Ready")!.LastTransitionTime.ShouldBe(Now);
    }

    [Fact]
    public void A_problem_is_told_and_forgotten_once_the_guest_runs()
    {
        var status = InstanceReport.Troubled(Samples.Instance, new("ErrImagePull", "no such image"), Now);
        status.Phase.ShouldBe(Phase.Scheduled);
        var condition = Conditions.Find(status.Conditions, "Synchronized").ShouldNotBeNull();
        (condition.Status, condition.Reason, condition.Message).ShouldBe(("False", "ErrImagePull", "no such image"));
        var running = InstanceReport.Running(Samples.Instance with { Status = status }, Seen, null, null, Now);
        Conditions.Find(running.Conditions, "Synchronized").ShouldBeNull();
    }

    [Fact]
    public void A_guest_that_has_ended_is_not_ready_and_has_no_agent()
    {
        var running = InstanceReport.Running(Samples.Instance, Seen with { IsAgentConnected = true }, null, null, Now);
        var status = InstanceReport.Finished(Samples.Instance with { Status = running }, new(Phase.Succeeded), Now);
        status.Phase.ShouldBe(Phase.Succeeded);
        status.PhaseTransitionTimestamps!.Select(entry => entry.Phase).ShouldBe([Phase.Running, Phase.Succeeded]);
        Conditions.Find(status.Conditions, "AgentConnected").ShouldBeNull();
        Conditions.Find(status.Conditions, "Ready")!.Reason.ShouldBe("GuestNotRunning");
    }
}
