using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Controllers.VirtualMachines.MachineTypeRoom;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>The owner of a machine asks for another type: in its template, or in the record.</summary>
public sealed class MachineTypeUpdateTests
{
    private const string Required = "a non-live-updatable field was changed in the template spec: domain.machine.type";

    [Fact]
    public async Task A_template_that_is_edited_while_the_machine_stands_changes_the_record_at_once()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        await room.StopAsync("vm");

        await room.EditAsync("vm", "pc-q35-6.2");

        var record = await room.UntilRecordedAsync("vm", found => found.Resolved == "pc-q35-6.2");
        (record.Requested, record.Source, record.Pending).ShouldBe(("pc-q35-6.2", MachineTypeSources.Template, null));
        (await room.StartAsync("vm")).ShouldBe("pc-q35-6.2");
    }

    [Fact]
    public async Task A_template_that_is_edited_while_the_guest_runs_waits_for_the_next_boot_and_says_so()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));

        await room.EditAsync("vm", "pc-q35-6.2");

        var told = await room.UntilAsync("vm", IsDue);
        Conditions.Find(told.Status!.Conditions, RestartRequired.Type)!.Message.ShouldBe(Required);
        var record = told.Status.MachineType!;
        (record.Resolved, record.Pending!.Type, record.Pending.Source).ShouldBe(
            ("pc-q35-7.2", "pc-q35-6.2", MachineTypeSources.Template)
        );
        (await TypeOfGuestAsync(room)).ShouldBe("pc-q35-7.2");
        await Eventually.HoldsAsync(() =>
            room.Plane.All<Event>(Space).Any(one => one.Reason == RestartRequired.Type && one.Message == Required)
        );

        (await room.RestartAsync("vm")).ShouldBe("pc-q35-6.2");
        record = await room.UntilRecordedAsync("vm", found => found.Pending is null);
        (record.Requested, record.Resolved).ShouldBe(("pc-q35-6.2", "pc-q35-6.2"));
        await room.UntilAsync("vm", found => !IsDue(found));
    }

    [Fact]
    public async Task A_template_that_is_edited_back_has_nothing_pending()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "pc-q35-6.2"));
        var before = await room.UntilRecordedAsync("vm", _ => true);
        await room.EditAsync("vm", "pc-q35-7.2");
        await room.UntilAsync("vm", IsDue);

        await room.EditAsync("vm", "pc-q35-6.2");

        var after = await room.UntilAsync("vm", found => !IsDue(found));
        after.Status!.MachineType.ShouldBe(before);
        (await room.RestartAsync("vm")).ShouldBe("pc-q35-6.2");
    }

    [Fact]
    public async Task Naming_what_runs_anyway_needs_no_restart()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));

        await room.EditAsync("vm", "pc-q35-7.2");

        var record = await room.UntilRecordedAsync("vm", found => found.Requested == "pc-q35-7.2");
        (record.Resolved, record.Pending).ShouldBe(("pc-q35-7.2", null));
        (
            await room.UntilAsync("vm", found => found.Status?.ObservedGeneration == found.Metadata.Generation)
        ).ShouldSatisfyAllConditions(found => IsDue(found).ShouldBeFalse());
    }

    [Fact]
    public async Task Another_field_that_waits_is_named_beside_the_type()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));

        await room.EditAsync("vm", "pc-q35-6.2");
        await room.Plane.User.ChangeAsync<VirtualMachine>(
            new(Space, "vm"),
            found => WithDomain(found, domain => domain with { RebootPolicy = nameof(RebootPolicy.Terminate) }),
            Ct
        );

        await room.UntilAsync(
            "vm",
            found =>
                MessageOf(found)?.EndsWith(": domain.rebootPolicy, domain.machine.type", StringComparison.Ordinal)
                == true
        );
        await room.EditAsync("vm", "q35");
        await room.UntilAsync(
            "vm",
            found => MessageOf(found)?.EndsWith("spec: domain.rebootPolicy", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public async Task A_reboot_that_keeps_the_process_leaves_the_type_pending()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        await room.EditAsync("vm", "pc-q35-6.2");
        await room.UntilAsync("vm", IsDue);

        room.Host.Reboot((await room.Host.ObserveAsync(new(Space, "vm"), Ct))!.Id);

        var told = await room.UntilAsync("vm", found => Conditions.IsTrue(found.Status?.Conditions, "GuestRebooted"));
        IsDue(told).ShouldBeTrue();
        told.Status!.MachineType!.Pending!.Type.ShouldBe("pc-q35-6.2");
    }

    [Fact]
    public async Task A_type_that_was_pending_is_recorded_when_the_machine_stops()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        await room.EditAsync("vm", "pc-q35-6.2");
        await room.UntilAsync("vm", IsDue);

        await room.StopAsync("vm");

        var record = await room.UntilRecordedAsync("vm", found => found.Pending is null);
        (record.Requested, record.Resolved).ShouldBe(("pc-q35-6.2", "pc-q35-6.2"));
    }

    [Fact]
    public async Task An_update_of_the_record_is_kept_over_starts_and_ends_of_the_controllers()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        await room.StopAsync("vm");

        await room.SetAsync("vm", "pc-q35-6.2");

        await room.Plane.RestartControllersAsync();
        (await room.StartAsync("vm")).ShouldBe("pc-q35-6.2");
        (await room.RestartAsync("vm")).ShouldBe("pc-q35-6.2");
        var record = room.RecordOf("vm")!;
        (record.Requested, record.Resolved, record.Source).ShouldBe(("q35", "pc-q35-6.2", MachineTypeSources.Update));
        room.Plane.Find<VirtualMachine>("vm", Space)!.Spec.Template.Spec.Domain.Machine!.Type.ShouldBe("q35");
    }

    [Fact]
    public async Task An_update_that_a_start_has_missed_is_pending_and_comes_with_the_next()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));

        // As when it is written between the making of the instance and its boot.
        await room.SetAsync("vm", "pc-q35-6.2");

        var told = await room.UntilAsync("vm", IsDue);
        (told.Status!.MachineType!.Resolved, told.Status.MachineType.Pending!.Type).ShouldBe(
            ("pc-q35-7.2", "pc-q35-6.2")
        );
        (await room.RestartAsync("vm")).ShouldBe("pc-q35-6.2");
        await room.UntilRecordedAsync("vm", found => found is { Resolved: "pc-q35-6.2", Pending: null });
    }

    [Fact]
    public async Task An_update_is_not_lost_to_the_controllers_that_write_at_the_same_time()
    {
        await using var room = await OpenAsync(Qemu("6.2", "7.0", "7.1", "7.2"));
        await room.BootAsync(Machine("vm", "q35"));
        await room.StopAsync("vm");

        // Each edit makes the controllers write the status of a generation while the record is being set.
        for (var round = 0; round < 20; round++)
        {
            var type = $"pc-q35-7.{round % 2}";
            var edit = room.Plane.User.ChangeAsync<VirtualMachine>(
                new(Space, "vm"),
                found =>
                    found with
                    {
                        Spec = found.Spec with
                        {
                            RunStrategy = round % 2 == 0 ? RunStrategy.Halted : RunStrategy.Manual,
                        },
                    },
                Ct
            );
            await Task.WhenAll(edit, room.SetAsync("vm", type));
            var generation = (await edit)!.Metadata.Generation;
            await room.UntilAsync(
                "vm",
                found =>
                    found.Status is { MachineType: { Source: MachineTypeSources.Update } record } status
                    && status.DesiredGeneration == generation
                    && record.Resolved == type
            );
        }
    }

    private static Task<string> TypeOfGuestAsync(MachineTypeRoom room) =>
        room.Host.ObserveAsync(new(Space, "vm"), Ct).ContinueWith(seen => seen.Result!.MachineType, Ct);

    private static bool IsDue(VirtualMachine machine) =>
        Conditions.IsTrue(machine.Status?.Conditions, RestartRequired.Type);

    private static string? MessageOf(VirtualMachine machine) =>
        Conditions.Find(machine.Status?.Conditions, RestartRequired.Type)?.Message;
}
