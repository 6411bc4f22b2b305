using Vireo.Agent;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;
using static Vireo.Tests.Controllers.VirtualMachines.MachineTypeRoom;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>The machine type of the first boot is recorded, and each later boot has it.</summary>
public sealed class MachineTypeRecordTests
{
    private static readonly KubeVirtConfiguration Floating = new() { MachineTypePolicy = "Floating" };

    /// <summary>All that a boot after the first may come from.</summary>
    public static TheoryData<string> Boots =>
        [
            "stop and start",
            "restart",
            "guest reboot under Terminate",
            "guest crash under Always",
            "guest shutdown under Always",
            "instance deleted by hand",
            "power failure of the host",
        ];

    [Theory]
    [InlineData("q35", "q35", "pc-q35-7.2")]
    [InlineData(null, null, "pc-q35-7.2")]
    [InlineData("pc", "pc", "pc-i440fx-7.2")]
    [InlineData("pc-q35-6.2", "pc-q35-6.2", "pc-q35-6.2")]
    public async Task The_first_boot_records_what_the_domain_has(string? named, string? requested, string resolved)
    {
        await using var room = await OpenAsync();

        (await room.BootAsync(Machine("vm", named))).ShouldBe(resolved);

        var record = await room.UntilRecordedAsync("vm", _ => true);
        (record.Requested, record.Resolved, record.Source, record.Pending).ShouldBe(
            (requested, resolved, MachineTypeSources.Domain, null)
        );
        record.RecordedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_record_comes_with_a_write_that_a_start_makes_anyway()
    {
        await using var room = await OpenAsync();

        await room.BootAsync(Machine("vm", "q35"));

        var recorded = room
            .Plane.Writes.OfType<VirtualMachine>()
            .First(machine => machine.Status?.MachineType is not null);
        recorded.Status!.PrintableStatus.ShouldBe("Running");
        room.Plane.Writes.OfType<Event>().ShouldNotContain(told => told.Reason == "MachineTypeChanged");
    }

    [Theory]
    [MemberData(nameof(Boots))]
    public async Task Each_later_boot_has_the_recorded_type_whatever_the_alias_means_by_then(string how)
    {
        await using var room = await OpenAsync();
        await room.BootAsync(MachineFor(how));
        var recorded = await room.UntilRecordedAsync("vm", _ => true);

        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));

        (await BootAgainAsync(room, how)).ShouldBe("pc-q35-7.2");
        room.RecordOf("vm").ShouldBe(recorded);
    }

    [Theory]
    [MemberData(nameof(Boots))]
    public async Task Under_Floating_each_later_boot_has_what_the_alias_means_and_the_record_follows(string how)
    {
        await using var room = await OpenAsync();
        await room.ConfigureAsync(Floating);
        await room.BootAsync(MachineFor(how));
        await room.UntilRecordedAsync("vm", record => record.Resolved == "pc-q35-7.2");

        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));

        (await BootAgainAsync(room, how)).ShouldBe("pc-q35-8.2");
        var record = await room.UntilRecordedAsync("vm", found => found.Resolved == "pc-q35-8.2");
        (record.Requested, record.Source).ShouldBe(("q35", MachineTypeSources.Domain));
        await Eventually.HoldsAsync(() =>
            room.Plane.All<Event>(Space).Any(told => told.Reason == "MachineTypeChanged")
        );
    }

    [Fact]
    public async Task Under_Floating_a_versioned_name_stays()
    {
        await using var room = await OpenAsync();
        await room.ConfigureAsync(Floating);
        await room.BootAsync(Machine("vm", "pc-q35-6.2"));

        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));

        (await room.RestartAsync("vm")).ShouldBe("pc-q35-6.2");
    }

    [Fact]
    public async Task A_default_of_the_cluster_that_changes_reaches_new_machines_only()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("old", null));

        await room.ConfigureAsync(DefaultOf("pc"));

        (await room.BootAsync(Machine("new", null))).ShouldBe("pc-i440fx-7.2");
        (await room.RestartAsync("old")).ShouldBe("pc-q35-7.2");
        await room.StopAsync("old");
        (await room.StartAsync("old")).ShouldBe("pc-q35-7.2");
        room.RecordOf("old")!.Requested.ShouldBeNull();
        room.RecordOf("new")!.Resolved.ShouldBe("pc-i440fx-7.2");
    }

    [Fact]
    public async Task Nothing_but_its_owner_writes_a_record_that_is_there()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        var recorded = await room.UntilRecordedAsync("vm", _ => true);

        await room.RestartAsync("vm");
        await room.Plane.RestartControllersAsync();
        await room.UpgradeAsync(Qemu("7.2", "9.2"));
        await room.ConfigureAsync(DefaultOf("pc"));
        await room.StopAsync("vm");
        await room.Plane.RestartControllersAsync();
        await room.StartAsync("vm");

        room.RecordOf("vm").ShouldBe(recorded);
        room.Plane.Writes.OfType<VirtualMachine>()
            .Select(machine => machine.Status?.MachineType)
            .Distinct()
            .ShouldBe([null, recorded]);
    }

    [Fact]
    public async Task A_domain_that_keeps_its_process_keeps_its_type()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));

        var guest = await room.Host.ObserveAsync(new(Space, "vm"), Ct);
        room.Host.Reboot(guest!.Id);

        await room.UntilAsync("vm", found => Conditions.IsTrue(found.Status?.Conditions, "GuestRebooted"));
        room.RecordOf("vm")!.Resolved.ShouldBe("pc-q35-7.2");
    }

    [Fact]
    public async Task What_has_no_machine_has_no_record()
    {
        await using var room = await OpenAsync();

        await room.Plane.User.CreateAsync(Objects.Instance("alone", Space), Ct);

        var alone = await room.Plane.UntilAsync<VirtualMachineInstance>(
            "alone",
            Space,
            found => found.Status?.Phase is VirtualMachineInstancePhase.Running
        );
        alone.Status!.Machine!.Type.ShouldBe("pc-q35-7.2");
        room.Plane.Find<VirtualMachine>("alone", Space).ShouldBeNull();
    }

    private static VirtualMachine MachineFor(string how) =>
        WithDomain(
            Machine("vm", "q35"),
            domain =>
                domain with
                {
                    RebootPolicy = how == "guest reboot under Terminate" ? nameof(RebootPolicy.Terminate) : null,
                }
        );

    private static async Task<string> BootAgainAsync(MachineTypeRoom room, string how)
    {
        var (key, uid) = (new ResourceKey(Space, "vm"), room.UidOf("vm"));
        var guest = (await room.Host.ObserveAsync(key, Ct))!.Id;
        switch (how)
        {
            case "stop and start":
                await room.StopAsync("vm");
                return await room.StartAsync("vm");
            case "restart":
                return await room.RestartAsync("vm");
            case "guest reboot under Terminate":
                room.Host.Reboot(guest);
                break;
            case "guest crash under Always":
                room.Host.End(guest, GuestState.Crashed);
                break;
            case "guest shutdown under Always":
                room.Host.End(guest, GuestState.ShutDown, EndCause.GuestShutdown);
                break;
            case "instance deleted by hand":
                await room.Plane.User.DeleteAsync<VirtualMachineInstance>(key, null, Ct);
                break;
            case "power failure of the host":
                room.Host.LosePower();
                await room.RestartAgentAsync();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "No such boot.");
        }

        return await room.BootedAsync("vm", uid);
    }
}
