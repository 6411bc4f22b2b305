using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Controllers.VirtualMachines.MachineTypeRoom;

namespace Vireo.Tests.Controllers.VirtualMachines;

/// <summary>Machines that are older than records are recorded when the controllers begin.</summary>
public sealed class MachineTypeAdoptionTests
{
    private const string Image = "registry.example/guest:1";

    [Theory]
    [InlineData("running")]
    [InlineData("paused")]
    public async Task The_domain_of_a_guest_that_is_there_tells_its_type_whatever_names_mean_by_now(string state)
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));
        if (state == "paused")
        {
            room.Host.SetPaused((await room.Host.ObserveAsync(new(Space, "vm"), Ct))!.Id, isPaused: true);
            await room.UntilAsync("vm", found => found.Status?.PrintableStatus == "Paused");
        }

        await BeginAnewAsync(
            room,
            async () =>
            {
                await room.UpgradeAsync(Qemu("7.2", "8.2"));
                await room.ConfigureAsync(DefaultOf("pc"));
            }
        );

        var record = await room.UntilRecordedAsync("vm", _ => true);
        (record.Requested, record.Resolved, record.Source).ShouldBe(("q35", "pc-q35-7.2", MachineTypeSources.Domain));
    }

    [Fact]
    public async Task The_running_domain_wins_over_a_template_that_was_edited_meanwhile()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(Machine("vm", "q35"));

        await BeginAnewAsync(room, () => room.EditAsync("vm", "pc-q35-6.2"));

        var record = await room.UntilRecordedAsync("vm", _ => true);
        (record.Resolved, record.Source).ShouldBe(("pc-q35-7.2", MachineTypeSources.Domain));
    }

    [Theory]
    [InlineData("pc-q35-6.2", Image, "pc", "pc-q35-6.2", MachineTypeSources.Template)]
    [InlineData("q35", Image, "pc", "pc-q35-7.2", MachineTypeSources.Template)]
    [InlineData(null, Image, "pc", "pc-i440fx-6.2", MachineTypeSources.Image)]
    [InlineData(null, null, "pc", "pc-i440fx-7.2", MachineTypeSources.ClusterConfiguration)]
    [InlineData(null, null, null, "pc-q35-7.2", MachineTypeSources.BuiltIn)]
    public async Task A_machine_that_stands_has_what_its_next_boot_would_bring(
        string? template,
        string? image,
        string? configuration,
        string resolved,
        string source
    )
    {
        await using var room = await OpenAsync();
        await room.Plane.StopControllersAsync();
        await TellImageAsync(room, "pc-i440fx-6.2");
        await room.ConfigureAsync(configuration is null ? new() : DefaultOf(configuration));
        await room.CreateAsync(WithImage(Machine("vm", template, RunStrategy.Halted), image));

        await room.BeginAsync();

        var record = await room.UntilRecordedAsync("vm", _ => true);
        (record.Requested, record.Resolved, record.Source).ShouldBe((template, resolved, source));
        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));
        (await room.StartAsync("vm")).ShouldBe(resolved);
        room.RecordOf("vm").ShouldBe(record);
    }

    [Fact]
    public async Task Where_hosts_differ_in_what_an_alias_means_a_machine_waits_until_they_agree()
    {
        await using var room = await OpenAsync(Qemu("6.2", "7.2"));
        var other = await room.AddHostAsync("other", Qemu("6.2", "7.2", "8.2"));
        await room.Plane.StopControllersAsync();
        await room.CreateAsync(Machine("alias", "q35", RunStrategy.Halted));
        await room.CreateAsync(Machine("versioned", "pc-q35-6.2", RunStrategy.Halted));

        await room.BeginAsync();

        await room.UntilRecordedAsync("versioned", record => record.Resolved == "pc-q35-6.2");
        await room.UntilAsync("alias", found => found.Status?.PrintableStatus == "Stopped");
        room.RecordOf("alias").ShouldBeNull();

        other.Upgrade(Qemu("6.2", "7.2"));
        await room.UntilRecordedAsync("alias", record => record.Resolved == "pc-q35-7.2");
    }

    [Fact]
    public async Task A_machine_that_came_later_is_recorded_at_its_first_boot()
    {
        await using var room = await OpenAsync();
        await room.CreateAsync(Machine("new", "q35", RunStrategy.Halted));
        await room.UntilAsync("new", found => found.Status?.PrintableStatus == "Stopped");
        room.RecordOf("new").ShouldBeNull();

        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));
        (await room.StartAsync("new")).ShouldBe("pc-q35-8.2");

        (await room.UntilRecordedAsync("new", _ => true)).Source.ShouldBe(MachineTypeSources.Domain);
    }

    [Fact]
    public async Task A_machine_that_was_rebuilt_is_recorded_at_its_next_boot_and_not_before()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(WithImage(Machine("vm", "q35"), Image));
        await room.StopAsync("vm");
        await room.BeginAsync();
        await room.CreateAsync(Machine("later", "q35"));
        await room.BootedAsync("later");

        await room.ActAsync("vm", "rebuild");
        await room.UntilAsync("vm", found => found.Status!.MachineType is null);
        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));

        (await room.StartAsync("vm")).ShouldBe("pc-q35-8.2");
        await room.UntilRecordedAsync("vm", record => record.Source == MachineTypeSources.Domain);
        await room.UntilAsync("vm", found => found.Status!.Rebuilt is null);
    }

    [Fact]
    public async Task A_machine_that_was_rebuilt_is_left_alone_by_later_terms_of_the_controllers_too()
    {
        await using var room = await OpenAsync();
        await room.BootAsync(WithImage(Machine("vm", "q35"), Image));
        await room.StopAsync("vm");
        await room.ActAsync("vm", "rebuild");
        await room.UntilAsync("vm", found => found.Status is { MachineType: null, Rebuilt: true });
        await room.Plane.StopControllersAsync();
        await room.CreateAsync(Machine("old", "q35", RunStrategy.Halted));

        await room.BeginAsync();

        // One that is older than records gets its own, so the other was looked at as well.
        await room.UntilRecordedAsync("old", record => record.Resolved == "pc-q35-7.2");
        await room.UpgradeAsync(Qemu("6.2", "7.2", "8.2"));
        room.RecordOf("vm").ShouldBeNull();
        (await room.StartAsync("vm")).ShouldBe("pc-q35-8.2");
        var record = await room.UntilRecordedAsync("vm", _ => true);
        (record.Resolved, record.Source).ShouldBe(("pc-q35-8.2", MachineTypeSources.Domain));
    }

    [Fact]
    public async Task Controllers_that_are_killed_again_and_again_record_each_machine_once()
    {
        const int count = 60;
        await using var room = await OpenAsync();
        await room.Plane.StopControllersAsync();
        for (var index = 0; index < count; index++)
        {
            await room.CreateAsync(Machine($"vm-{index}", "q35", RunStrategy.Halted));
        }

        for (var kill = 1; kill <= 4; kill++)
        {
            await room.BeginAsync();
            var some = kill * 10;
            await Eventually.HoldsAsync(() => Recorded(room) >= some);
        }

        await Eventually.HoldsAsync(() => Recorded(room) == count);
        room.Plane.Writes.OfType<VirtualMachine>()
            .Where(machine => machine.Status?.MachineType is not null)
            .Select(machine => (machine.Metadata.Name, machine.Status!.MachineType))
            .Distinct()
            .Count()
            .ShouldBe(count);
    }

    private static int Recorded(MachineTypeRoom room) =>
        room.Plane.All<VirtualMachine>(Space).Count(machine => machine.Status?.MachineType?.Resolved == "pc-q35-7.2");

    /// <summary>As after an upgrade of Vireo: nothing is recorded, and something happened meanwhile.</summary>
    private static async Task BeginAnewAsync(MachineTypeRoom room, Func<Task> meanwhile)
    {
        await room.Plane.StopControllersAsync();
        await room.ForgetRecordsAsync();
        await meanwhile();
        await Eventually.HoldsAsync(() =>
            room.Plane.All<VirtualMachine>(Space).All(machine => machine.Status?.MachineType is null)
        );
        await room.BeginAsync();
    }

    private static Task TellImageAsync(MachineTypeRoom room, string type) =>
        room.Plane.Client.ChangeStatusAsync<Host>(
            new(null, HostName),
            host =>
                host with
                {
                    Status = host.Status! with
                    {
                        ImageMachineTypes = new Dictionary<string, string>(StringComparer.Ordinal) { [Image] = type },
                    },
                },
            Ct
        );

    private static VirtualMachine WithImage(VirtualMachine machine, string? image)
    {
        if (image is null)
        {
            return machine;
        }

        machine = WithDomain(
            machine,
            domain =>
                domain with
                {
                    Devices = domain.Devices with { Disks = [new() { Name = "root", DiskDevice = new() }] },
                }
        );
        var template = machine.Spec.Template;
        var spec = template.Spec with
        {
            Volumes =
            [
                new()
                {
                    Name = "root",
                    ContainerDisk = new() { Image = image },
                },
            ],
        };
        return machine with { Spec = machine.Spec with { Template = template with { Spec = spec } } };
    }
}
