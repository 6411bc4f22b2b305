using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Controllers.VirtualMachines.MachineTypeRoom;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>A machine whose type no host offers waits, and says what hosts offer instead.</summary>
public sealed class MachineTypePlacementTests
{
    [Fact]
    public async Task A_recorded_type_that_an_upgrade_dropped_is_waited_for_and_the_nearest_are_named()
    {
        await using var room = await OpenAsync(SimulatedHost.Rhel9);
        await room.BootAsync(Machine("vm", "pc-q35-rhel8.6.0"));
        await room.StopAsync("vm");
        await room.UpgradeAsync(SimulatedHost.Rhel10);

        await room.ActAsync("vm", "start");

        var told = await room.UntilAsync("vm", found => found.Status?.PrintableStatus == "ErrorUnschedulable");
        var message = Conditions.Find(told.Status!.Conditions, "PodScheduled")!.Message!;
        message.ShouldContain("host does not offer machine type pc-q35-rhel8.6.0");
        message.ShouldContain("pc-q35-rhel9.0.0, pc-q35-rhel9.2.0, pc-q35-rhel9.4.0");
        told.Status.MachineType!.Resolved.ShouldBe("pc-q35-rhel8.6.0");

        await room.AddHostAsync("older", SimulatedHost.Rhel9);
        (await room.BootedAsync("vm")).ShouldBe("pc-q35-rhel8.6.0");
        room.Plane.Find<VirtualMachineInstance>("vm", Space)!.Status!.NodeName.ShouldBe("older");
    }

    [Fact]
    public async Task A_machine_runs_on_the_hosts_only_that_offer_its_type()
    {
        await using var room = await OpenAsync(SimulatedHost.Rhel9);
        await room.AddHostAsync("newer", SimulatedHost.Rhel10);

        await room.BootAsync(Machine("old", "pc-q35-rhel8.6.0"));
        await room.BootAsync(Machine("new", "pc-q35-rhel10.0.0"));

        HostOf("old").ShouldBe(HostName);
        HostOf("new").ShouldBe("newer");

        string? HostOf(string name) => room.Plane.Find<VirtualMachineInstance>(name, Space)!.Status!.NodeName;
    }

    [Fact]
    public async Task A_machine_that_waits_is_restarted_for_another_type_in_its_template()
    {
        await using var room = await OpenAsync(SimulatedHost.Rhel10);
        await room.CreateAsync(Machine("vm", "pc-q35-rhel8.6.0"));
        await room.UntilAsync("vm", found => found.Status?.PrintableStatus == "ErrorUnschedulable");

        await room.EditAsync("vm", "pc-q35-rhel10.0.0");

        (await room.RestartAsync("vm")).ShouldBe("pc-q35-rhel10.0.0");
        await room.UntilRecordedAsync("vm", record => record.Resolved == "pc-q35-rhel10.0.0");
    }

    [Fact]
    public async Task A_machine_that_waits_starts_with_another_type_once_its_owner_sets_one()
    {
        await using var room = await OpenAsync(SimulatedHost.Rhel9);
        await room.BootAsync(Machine("vm", "pc-q35-rhel8.6.0"));
        await room.StopAsync("vm");
        await room.UpgradeAsync(SimulatedHost.Rhel10);
        await room.ActAsync("vm", "start");
        await room.UntilAsync("vm", found => found.Status?.PrintableStatus == "ErrorUnschedulable");

        await room.StopAsync("vm");
        await room.SetAsync("vm", "pc-q35-rhel10.0.0");

        (await room.StartAsync("vm")).ShouldBe("pc-q35-rhel10.0.0");
    }
}
