using System.Text.Json;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.InstanceTypes.Sizes;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class PreferenceApplicationTests
{
    // A field of the preference, a value, where it comes to stand in the machine's spec, and a value that its owner
    // could have given there instead; null where none is thinkable.
    private static readonly (string Field, string Value, string Place, string? Given)[] Table =
    [
        ("annotations", """{"team":"red"}""", "template.metadata.annotations", """{"team":"blue"}"""),
        ("clock.preferredClockOffset", """{"timezone":"Europe/Vienna"}""", "clock", """{"timezone":"Asia/Tokyo"}"""),
        ("clock.preferredTimer", """{"hpet":{"present":false}}""", "clock.timer", """{"kvm":{"present":true}}"""),
        (
            "cpu.preferredCPUFeatures",
            """[{"name":"apic"}]""",
            "cpu.features",
            """[{"name":"apic","policy":"disable"}]"""
        ),
        ("devices.preferredAutoattachGraphicsDevice", "false", "devices.autoattachGraphicsDevice", "true"),
        ("devices.preferredAutoattachMemBalloon", "false", "devices.autoattachMemBalloon", "true"),
        ("devices.preferredAutoattachPodInterface", "false", "devices.autoattachPodInterface", "true"),
        ("devices.preferredAutoattachSerialConsole", "false", "devices.autoattachSerialConsole", "true"),
        ("devices.preferredAutoattachInputDevice", "true", "devices.autoattachInputDevice", "false"),
        ("devices.preferredDiskBus", "\"scsi\"", "devices.disks[0].disk.bus", "\"usb\""),
        ("devices.preferredCdromBus", "\"scsi\"", "devices.disks[1].cdrom.bus", "\"usb\""),
        ("devices.preferredLunBus", "\"scsi\"", "devices.disks[2].lun.bus", "\"sata\""),
        ("devices.preferredDiskDedicatedIoThread", "true", "devices.disks[3].dedicatedIOThread", "false"),
        ("devices.preferredDiskCache", "\"none\"", "devices.disks[0].cache", "\"writeback\""),
        ("devices.preferredDiskIO", "\"native\"", "devices.disks[0].io", "\"threads\""),
        (
            "devices.preferredDiskBlockSize",
            """{"custom":{"logical":4096,"physical":4096}}""",
            "devices.disks[0].blockSize",
            """{"custom":{"logical":512}}"""
        ),
        ("devices.preferredInputBus", "\"virtio\"", "devices.inputs[0].bus", "\"usb\""),
        ("devices.preferredInputType", "\"tablet\"", "devices.inputs[0].type", "\"keyboard\""),
        ("devices.preferredInterfaceModel", "\"e1000e\"", "devices.interfaces[0].model", "\"virtio\""),
        ("devices.preferredInterfaceMasquerade", "{}", "devices.interfaces[0].masquerade", null),
        ("devices.preferredNetworkInterfaceMultiQueue", "true", "devices.networkInterfaceMultiqueue", "false"),
        ("devices.preferredBlockMultiQueue", "true", "devices.blockMultiQueue", "false"),
        ("devices.preferredRng", "{}", "devices.rng", null),
        ("devices.preferredTPM", """{"persistent":true}""", "devices.tpm", """{"enabled":false}"""),
        ("devices.preferredSoundModel", "\"ac97\"", "devices.sound.model", "\"ich9\""),
        ("devices.preferredVideoType", "\"virtio\"", "devices.video.type", "\"vga\""),
        ("devices.preferredPanicDeviceModel", "\"isa\"", "devices.panicDevices[0].model", "\"pvpanic\""),
        ("features.preferredApic", """{"endOfInterrupt":true}""", "features.apic", """{"enabled":false}"""),
        ("features.preferredKvm", """{"hidden":true}""", "features.kvm", """{"hidden":false}"""),
        ("features.preferredPvspinlock", """{"enabled":true}""", "features.pvspinlock", """{"enabled":false}"""),
        ("features.preferredSmm", """{"enabled":true}""", "features.smm", """{"enabled":false}"""),
        ("firmware.preferredUseBios", "true", "firmware.bootloader", """{"efi":{}}"""),
        ("firmware.preferredEfi", """{"persistent":true}""", "firmware.bootloader", """{"bios":{}}"""),
        ("firmware.preferredUseEfi", "true", "firmware.bootloader", """{"bios":{}}"""),
        ("preferredArchitecture", "\"arm64\"", "template.spec.architecture", "\"amd64\""),
        ("preferredSubdomain", "\"lab\"", "template.spec.subdomain", "\"home\""),
        ("preferredTerminationGracePeriodSeconds", "180", "template.spec.terminationGracePeriodSeconds", "0"),
    ];

    // What does not come to stand where it is looked for by the table, and the test that is about it.
    private static readonly (string Field, string Test)[] Elsewhere =
    [
        ("cpu.preferredCPUTopology", nameof(GuestTopologiesTests)),
        ("cpu.spreadOptions", nameof(GuestTopologiesTests)),
        ("preferSpreadSocketToCoreRatio", nameof(GuestTopologiesTests)),
        ("requirements", nameof(PreferenceRequirementsTests)),
        ("machine.preferredMachineType", nameof(MachineExpansionTests)),
        ("features.preferredAcpi", nameof(ACPI_alone_is_overwritten)),
        ("features.preferredHyperv", nameof(Each_feature_of_Hyper_V_is_filled_by_itself)),
        ("firmware.preferredUseBiosSerial", nameof(Firmware_is_what_the_machine_chose_then_what_is_preferred)),
        ("firmware.preferredUseSecureBoot", nameof(Firmware_is_what_the_machine_chose_then_what_is_preferred)),
        ("devices.preferredDisableHotplug", nameof(What_nobody_acts_on_is_warned_of)),
        ("devices.preferredUseVirtioTransitional", nameof(What_nobody_acts_on_is_warned_of)),
        ("devices.preferredVirtualGPUOptions", nameof(What_nobody_acts_on_is_warned_of)),
        ("volumes.preferredStorageClassName", nameof(What_nobody_acts_on_is_warned_of)),
        (
            "preferredLaunchSecurity",
            nameof(MachineExpansionTests.A_guest_that_was_to_be_hidden_from_its_host_is_not_run_in_the_open)
        ),
    ];

    public static TheoryData<string> Fields => [.. Table.Select(row => row.Field)];

    public static TheoryData<string> GivenFields =>
        [.. Table.Where(row => row.Given is not null).Select(row => row.Field)];

    [Fact]
    public void Every_field_of_a_preference_is_in_a_table()
    {
        string[] known = [.. Table.Select(row => row.Field), .. Elsewhere.Select(row => row.Field)];

        SpecFields
            .In(typeof(VirtualMachinePreferenceSpec))
            .Select(field => field.Pattern.Replace("[]", "", StringComparison.Ordinal))
            .Where(field => !known.Any(one => field == one || field.StartsWith($"{one}.", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void What_the_machine_does_not_say_is_filled(string field)
    {
        var row = Table.Single(one => one.Field == field);
        var place = PlaceOf(row.Place);

        (At(Tree(Bare()), place)?.ToJsonString() ?? "\"\"").ShouldBe("\"\"");
        var filled = At(Tree(Expanded(Bare(), null, Preference((row.Field, row.Value)))), place);

        filled.ShouldNotBeNull();
        var expected = field switch
        {
            "firmware.preferredUseBios" => """{"bios":{}}""",
            "firmware.preferredEfi" => $$"""{"efi":{{row.Value}}}""",
            "firmware.preferredUseEfi" => """{"efi":{}}""",
            _ => row.Value,
        };
        JsonNode.DeepEquals(filled, JsonNode.Parse(expected)).ShouldBeTrue(filled.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(GivenFields))]
    public void What_the_machine_says_stays(string field)
    {
        var row = Table.Single(one => one.Field == field);
        var machine = Samples
            .Changed(Tree(Bare()), (PlaceOf(row.Place), row.Given!))
            .Deserialize(ApiJson.Default.VirtualMachineSpec)!;

        var kept = At(Tree(Expanded(machine, null, Preference((row.Field, row.Value)))), PlaceOf(row.Place));

        JsonNode.DeepEquals(kept, JsonNode.Parse(row.Given!)).ShouldBeTrue(kept?.ToJsonString());
    }

    [Fact]
    public void A_preference_of_nothing_changes_nothing() =>
        Tree(Expanded(Bare(), null, new()))
            .ToJsonString()
            .ShouldBe(Tree(Bare() with { Instancetype = null, Preference = null }).ToJsonString());

    [Fact]
    public void ACPI_alone_is_overwritten() =>
        Expanded(
            Machine(("domain.features.acpi", """{"enabled":true}""")),
            null,
            Preference(("features.preferredAcpi", """{"enabled":false}"""))
        )
            .Template.Spec.Domain.Features!.Acpi!.Enabled.ShouldBe(false);

    [Fact]
    public void Each_feature_of_Hyper_V_is_filled_by_itself()
    {
        var names = SpecFields
            .In(typeof(FeatureHyperv))
            .Select(field => field.Pattern.Split('.')[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        names.Count.ShouldBe(14);
        var preference = Preference(
            ("features.preferredHyperv", $$"""{ {{string.Join(", ", names.Select(name => $"\"{name}\":{{}}"))}} }""")
        );

        var hyperv = At(
                Tree(Expanded(Machine(("domain.features.hyperv.vapic", """{"enabled":false}""")), null, preference)),
                PlaceOf("features.hyperv")
            )!
            .AsObject();

        hyperv.Select(member => member.Key).ShouldBe(names, ignoreOrder: true);
        hyperv["vapic"]!.ToJsonString().ShouldBe("""{"enabled":false}""");
    }

    [Theory]
    // What the machine chose, what is preferred, what comes of it.
    [InlineData("{}", """{"preferredUseBios":true,"preferredUseBiosSerial":true}""", """{"bios":{"useSerial":true}}""")]
    [InlineData("{}", """{"preferredUseBiosSerial":true}""", "{}")]
    [InlineData("""{"bios":{}}""", """{"preferredUseBiosSerial":true}""", """{"bios":{"useSerial":true}}""")]
    [InlineData(
        """{"bios":{"useSerial":false}}""",
        """{"preferredUseBiosSerial":true}""",
        """{"bios":{"useSerial":false}}"""
    )]
    [InlineData("{}", """{"preferredUseEfi":true,"preferredUseSecureBoot":true}""", """{"efi":{"secureBoot":true}}""")]
    [InlineData("""{"efi":{}}""", """{"preferredUseSecureBoot":true}""", """{"efi":{"secureBoot":true}}""")]
    [InlineData(
        """{"efi":{"secureBoot":false}}""",
        """{"preferredUseEfi":true,"preferredUseSecureBoot":true}""",
        """{"efi":{"secureBoot":false}}"""
    )]
    [InlineData(
        "{}",
        """{"preferredEfi":{"secureBoot":false},"preferredUseEfi":true,"preferredUseSecureBoot":true}""",
        """{"efi":{"secureBoot":false}}"""
    )]
    [InlineData("""{"efi":{}}""", """{"preferredUseBios":true}""", """{"efi":{}}""")]
    [InlineData("{}", """{"preferredUseBios":false,"preferredUseEfi":false}""", "{}")]
    public void Firmware_is_what_the_machine_chose_then_what_is_preferred(
        string given,
        string preferred,
        string expected
    )
    {
        var bootloader = At(
            Tree(Expanded(Machine(("domain.firmware.bootloader", given)), null, Preference(("firmware", preferred)))),
            PlaceOf("firmware.bootloader")
        );

        bootloader!.ToJsonString().ShouldBe(expected);
    }

    [Fact]
    public void A_clock_that_is_given_keeps_its_zone_and_gets_its_timers() =>
        At(
                Tree(
                    Expanded(
                        Machine(("domain.clock.timezone", "\"Asia/Tokyo\"")),
                        null,
                        Preference(
                            ("clock.preferredClockOffset.utc", "{}"),
                            ("clock.preferredTimer.hpet.present", "false")
                        )
                    )
                ),
                PlaceOf("clock")
            )!
            .ToJsonString()
            .ShouldBe("""{"timezone":"Asia/Tokyo","timer":{"hpet":{"present":false}}}""");

    [Fact]
    public void Features_of_the_processor_are_added_to_those_of_the_machine() =>
        Expanded(
            Machine(("domain.cpu.features", """[{"name":"avx"}]""")),
            Type(),
            Preference(("cpu.preferredCPUFeatures", """[{"name":"avx","policy":"disable"},{"name":"vmx"}]"""))
        )
            .Template.Spec.Domain.Cpu!.Features!.Select(feature => $"{feature.Name} {feature.Policy}")
            .ShouldBe(["avx ", "vmx "]);

    [Fact]
    public void Devices_that_nobody_named_are_preferred_too()
    {
        var machine = Machine(
            ("domain.devices", "{}"),
            ("networks", ""),
            ("volumes", """[{"name":"root","containerDisk":{"image":"alpine"}}]""")
        );

        var spec = Expanded(
            machine,
            null,
            Preference(
                ("devices.preferredDiskBus", "\"virtio\""),
                ("devices.preferredInterfaceModel", "\"e1000e\""),
                ("devices.preferredInterfaceMasquerade", "{}"),
                ("devices.preferredAutoattachInputDevice", "true"),
                ("devices.preferredInputBus", "\"virtio\"")
            )
        ).Template.Spec;

        spec.Domain.Devices.Disks!.ShouldHaveSingleItem().DiskDevice!.Bus.ShouldBe("virtio");
        spec.Networks!.ShouldHaveSingleItem().Pod.ShouldNotBeNull();
        var card = spec.Domain.Devices.Interfaces!.ShouldHaveSingleItem();
        card.Model.ShouldBe("e1000e");
        card.Masquerade.ShouldNotBeNull();
        spec.Domain.Devices.Inputs!.ShouldHaveSingleItem().Bus.ShouldBe("virtio");
    }

    [Fact]
    public void A_machine_that_is_to_have_no_interface_gets_none() =>
        Expanded(
            Machine(("domain.devices", "{}"), ("networks", ""), ("domain.devices.autoattachPodInterface", "false")),
            null,
            Preference(("devices.preferredInterfaceModel", "\"e1000e\""))
        )
            .Template.Spec.Domain.Devices.Interfaces.ShouldBeNull();

    [Fact]
    public void A_bridge_stays_a_bridge() =>
        Expanded(
            Machine(("domain.devices.interfaces", """[{"name":"default","bridge":{}}]""")),
            null,
            Preference(("devices.preferredInterfaceMasquerade", "{}"))
        )
            .Template.Spec.Domain.Devices.Interfaces!.ShouldHaveSingleItem()
            .Masquerade.ShouldBeNull();

    [Fact]
    public void A_disk_of_another_bus_than_virtio_gets_no_thread_of_its_own() =>
        Expanded(
            Machine(("domain.devices.disks[0].disk.bus", "\"sata\"")),
            null,
            Preference(("devices.preferredDiskDedicatedIoThread", "true"))
        )
            .Template.Spec.Domain.Devices.Disks![0]
            .DedicatedIOThread.ShouldBeNull();

    [Theory]
    [InlineData("devices.preferredDisableHotplug", "true")]
    [InlineData("devices.preferredUseVirtioTransitional", "true")]
    [InlineData("devices.preferredVirtualGPUOptions", """{"display":{"enabled":true}}""")]
    [InlineData("volumes.preferredStorageClassName", "\"fast\"")]
    public void What_nobody_acts_on_is_warned_of(string field, string json)
    {
        var expanded = MachineExpansion.Of(Machine(), "amd64", null, Preference((field, json)));

        expanded.Errors.ShouldBeEmpty();
        expanded.Warnings!.ShouldHaveSingleItem().ShouldContain($"preference linux sets {field}");
    }

    /// <summary>A machine with a device of each sort of which nothing is said.</summary>
    private static VirtualMachineSpec Bare() =>
        Machine(
            (
                "domain.devices",
                """
                {
                  "disks": [
                    { "name": "root", "disk": {} },
                    { "name": "cd", "cdrom": {} },
                    { "name": "lun", "lun": {} },
                    { "name": "fast", "disk": { "bus": "virtio" } }
                  ],
                  "interfaces": [{ "name": "default" }],
                  "inputs": [{ "name": "pen", "type": "" }],
                  "sound": { "name": "beep" },
                  "panicDevices": [{}]
                }
                """
            ),
            (
                "volumes",
                """
                [
                  { "name": "root", "emptyDisk": { "capacity": "1Gi" } },
                  { "name": "cd", "emptyDisk": { "capacity": "1Gi" } },
                  { "name": "lun", "emptyDisk": { "capacity": "1Gi" } },
                  { "name": "fast", "emptyDisk": { "capacity": "1Gi" } }
                ]
                """
            )
        );

    private static string PlaceOf(string place) =>
        place.StartsWith("template.", StringComparison.Ordinal) ? place : $"template.spec.domain.{place}";
}
