using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public sealed class LiveUpdateTests
{
    private static readonly KubeVirtConfiguration Configuration = new();
    private static readonly string[] NamesOfDisk = ["domain.devices.disks[].name", "volumes[].name"];

    public static TheoryData<string> Fields => [.. SpecFields.All.Select(one => one.Pattern)];

    [Fact]
    public void The_table_has_every_field_of_the_spec_and_no_other() =>
        UpdatableFields.Effects.Keys.Order().ShouldBe(SpecFields.All.Select(field => field.Pattern).Order());

    [Theory]
    [MemberData(nameof(Fields))]
    // The guest of this spec is as large as it can be, so that it cannot grow.
    public void A_change_of_one_field_names_it_and_how_it_takes_effect(string pattern)
    {
        var (running, wanted) = (SpecFields.Whole(), SpecFields.Whole());
        // A volume without a disk is given one, so the two change their name together.
        string[] changed = NamesOfDisk.Contains(pattern) ? NamesOfDisk : [pattern];
        foreach (var one in changed)
        {
            SpecFields.Set(wanted, one, SpecFields.All.Single(field => field.Pattern == one).Other);
        }

        var plan = Plan(SpecFields.Read(running), SpecFields.Read(wanted));

        var effect = pattern switch
        {
            "nodeSelector" => FieldEffect.NextPlacement,
            "domain.machine.type" => FieldEffect.Recorded,
            _ => FieldEffect.Restart,
        };
        plan.Changes.Select(change => (change.Path, change.Effect))
            .ShouldBe(changed.SelectMany(PathsOf).Select(path => (path, effect)));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Where_changes_are_staged_each_names_its_field_and_waits_for_a_restart(string pattern)
    {
        var (running, wanted) = (SpecFields.Whole(), SpecFields.Whole());
        string[] changed = NamesOfDisk.Contains(pattern) ? NamesOfDisk : [pattern];
        foreach (var one in changed)
        {
            SpecFields.Set(wanted, one, SpecFields.All.Single(field => field.Pattern == one).Other);
        }

        var plan = LiveUpdates.Plan(SpecFields.Read(running), SpecFields.Read(wanted), LiveUpdates.Staged);

        var effect = pattern == "domain.machine.type" ? FieldEffect.Recorded : FieldEffect.Restart;
        plan.Changes.Select(change => (change.Path, change.Effect, change.Why))
            .ShouldBe(changed.SelectMany(PathsOf).Select(path => (path, effect, (string?)null)));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_field_that_stays_is_no_change(string pattern)
    {
        var spec = SpecFields.Whole();
        SpecFields.Set(spec, pattern, SpecFields.All.Single(one => one.Pattern == pattern).Other);

        Plan(SpecFields.Read(spec), SpecFields.Read(spec.DeepClone())).ShouldBe(UpdatePlan.Empty);
    }

    [Fact]
    public void What_defaults_fill_in_is_no_change()
    {
        var sparse = Samples.InstanceSpec();
        var detailed = InstanceDefaults.Fill(sparse, Configuration, Samples.MachineUid);

        Plan(sparse, detailed).ShouldBe(UpdatePlan.Empty);
        Plan(detailed, sparse).ShouldBe(UpdatePlan.Empty);
    }

    [Theory]
    [InlineData("terminationGracePeriodSeconds", "30")]
    [InlineData("domain.rebootPolicy", "\"Reboot\"")]
    [InlineData("domain.features.acpi", """{ "enabled": true }""")]
    [InlineData("domain.features", """{ "apic": {} }""")]
    [InlineData("domain.devices.autoattachGraphicsDevice", "true")]
    [InlineData("domain.devices.blockMultiQueue", "false")]
    [InlineData("domain.devices.interfaces[0].model", "\"virtio\"")]
    [InlineData("domain.firmware.bootloader", """{ "bios": { "useSerial": false } }""")]
    [InlineData("domain.clock", "{}")]
    [InlineData("domain.clock", """{ "timer": {}, "utc": {} }""")]
    [InlineData("domain.chassis", "{}")]
    [InlineData("domain.resources", "{}")]
    public void What_says_no_more_than_its_absence_is_no_change(string field, string value)
    {
        var (without, with) = (Samples.InstanceSpec(), Samples.InstanceSpec((field, value)));

        Plan(without, with).ShouldBe(UpdatePlan.Empty);
        Plan(with, without).ShouldBe(UpdatePlan.Empty);
    }

    [Theory]
    [InlineData("terminationGracePeriodSeconds", "0")]
    [InlineData("domain.rebootPolicy", "\"Terminate\"")]
    [InlineData("domain.features.acpi", """{ "enabled": false }""", "domain.features.acpi.enabled")]
    [InlineData("domain.features.hyperv", """{ "relaxed": {} }""", "domain.features.hyperv.relaxed")]
    [InlineData("domain.firmware.bootloader", """{ "efi": {} }""", "domain.firmware.bootloader.efi")]
    [InlineData("domain.clock", """{ "timer": { "hpet": {} } }""", "domain.clock.timer.hpet")]
    [InlineData("domain.devices.rng", "{}")]
    public void What_says_more_than_its_absence_is_a_change(string field, string value, string? named = null)
    {
        var (without, with) = (Samples.InstanceSpec(), Samples.InstanceSpec((field, value)));

        Plan(without, with).ForRestart.ShouldBe([named ?? field]);
        Plan(with, without).ForRestart.ShouldBe([named ?? field]);
    }

    [Fact]
    public void Every_default_is_of_a_field_of_the_table() =>
        UpdatableFields.Defaults.Keys.ShouldBeSubsetOf(UpdatableFields.Effects.Keys);

    [Fact]
    public void A_part_of_the_topology_that_is_given_changes_only_itself()
    {
        var wanted = Samples.InstanceSpec(("domain.cpu", """{ "cores": 2 }"""));

        Plan(Samples.InstanceSpec(), wanted).ForRestart.ShouldBe(["domain.cpu.cores"]);
    }

    [Fact]
    public void A_new_default_of_the_cluster_is_no_change()
    {
        var spec = Samples.InstanceSpec();
        var configuration = new KubeVirtConfiguration { MachineType = "pc-q35-7.2", CpuModel = "Haswell" };

        LiveUpdates.Plan(spec, spec with { }, configuration).ShouldBe(UpdatePlan.Empty);
    }

    [Fact]
    public void Elements_that_come_or_go_are_named()
    {
        var running = Samples.InstanceSpec();
        var wanted = Samples.InstanceSpec(
            ("domain.devices.disks[1]", """{ "name": "scratch", "disk": { "bus": "virtio" } }"""),
            ("volumes[1]", """{ "name": "scratch", "emptyDisk": { "capacity": "1Gi" } }""")
        );

        Plan(running, wanted)
            .ForRestart.ShouldBe(
                ["domain.devices.disks[seed]", "domain.devices.disks[scratch]", "volumes[seed]", "volumes[scratch]"],
                ignoreOrder: true
            );
    }

    [Fact]
    public void The_order_of_disks_is_what_the_guest_sees_and_that_of_volumes_is_not()
    {
        var running = Samples.InstanceSpec();
        var devices = running.Domain.Devices;
        var disks = running with
        {
            Domain = running.Domain with { Devices = devices with { Disks = [.. devices.Disks!.Reverse()] } },
        };
        var volumes = running with { Volumes = [.. running.Volumes!.Reverse()] };

        Plan(running, disks).ForRestart.ShouldBe(["domain.devices.disks"]);
        Plan(running, volumes).ShouldBe(UpdatePlan.Empty);
    }

    [Fact]
    public void The_same_amount_in_other_words_is_no_change()
    {
        var running = Samples.InstanceSpec(("domain.memory.guest", "\"1Gi\""));
        var wanted = Samples.InstanceSpec(("domain.memory.guest", "\"1024Mi\""));

        Plan(running, wanted).ShouldBe(UpdatePlan.Empty);
    }

    [Fact]
    public void A_device_without_settings_that_comes_is_a_change()
    {
        var wanted = Samples.InstanceSpec(("domain.devices.tpm", "{}"));

        Plan(Samples.InstanceSpec(), wanted).ForRestart.ShouldBe(["domain.devices.tpm"]);
    }

    [Fact]
    public void The_guest_s_identity_written_out_is_no_change()
    {
        var wanted = Samples.InstanceSpec(("domain.firmware", $$"""{ "uuid": "{{Samples.MachineUid}}" }"""));

        Plan(Samples.InstanceSpec(), wanted).ShouldBe(UpdatePlan.Empty);
    }

    private static UpdatePlan Plan(VirtualMachineInstanceSpec running, VirtualMachineInstanceSpec wanted) =>
        LiveUpdates.Plan(running, wanted, Configuration);

    /// <summary>The paths that tell of a change, where the only element of a list is called one.</summary>
    private static IEnumerable<string> PathsOf(string pattern)
    {
        var path = pattern.Replace("[]", "[one]", StringComparison.Ordinal);
        path = path.Replace("panicDevices[one]", "panicDevices[0]", StringComparison.Ordinal);
        const string ofName = "[one].name";
        return path.EndsWith(ofName, StringComparison.Ordinal)
            ? [path[..^ofName.Length] + "[one]", path[..^ofName.Length] + "[other]"]
            : [path];
    }
}
