using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.InstanceTypes.Sizes;

namespace Vireo.Tests.Rules.InstanceTypes;

public sealed class MachineExpansionTests
{
    private const string Domain = "spec.template.spec.domain";

    [Fact]
    public void A_machine_without_type_and_preference_is_what_it_was()
    {
        var spec = Machine() with { Instancetype = null, Preference = null };

        MachineExpansion.Of(spec, "amd64", null, null).Spec.ShouldBeSameAs(spec);
    }

    [Fact]
    public void The_type_s_size_is_written_and_the_matchers_are_gone()
    {
        var spec = Expanded(
            Machine(),
            Type(
                ("cpu.model", "\"Haswell\""),
                ("cpu.maxSockets", "8"),
                ("memory.maxGuest", "\"8Gi\""),
                ("nodeSelector", """{"disk":"fast"}"""),
                ("annotations", """{"team":"red"}""")
            )
        );

        spec.Instancetype.ShouldBeNull();
        spec.Preference.ShouldBeNull();
        spec.Template.Spec.Domain.Cpu.ShouldBe(
            new()
            {
                Sockets = 4,
                Cores = 1,
                Threads = 1,
                MaxSockets = 8,
                Model = "Haswell",
            }
        );
        spec.Template.Spec.Domain.Memory.ShouldBe(
            new() { Guest = Quantity.Parse("2Gi"), MaxGuest = Quantity.Parse("8Gi") }
        );
        spec.Template.Spec.Domain.Resources.ShouldBeNull();
        spec.Template.Spec.NodeSelector.ShouldBe(new Dictionary<string, string> { ["disk"] = "fast" });
        spec.Template.Metadata!.Annotations.ShouldBe(new Dictionary<string, string> { ["team"] = "red" });
    }

    [Fact]
    public void The_type_s_maximum_of_sockets_comes_before_the_machine_s()
    {
        Cpu(("cpu.maxSockets", "6")).MaxSockets.ShouldBe(6);
        Cpu().MaxSockets.ShouldBe(9);

        static CPU Cpu(params (string Path, string Json)[] type) =>
            Expanded(Machine(("domain.cpu.maxSockets", "9")), Type(type)).Template.Spec.Domain.Cpu!;
    }

    [Fact]
    public void Overcommitted_memory_claims_less_of_the_host_than_the_guest_has() =>
        Expanded(Machine(), Type(("memory.overcommitPercent", "15")))
            .Template.Spec.Domain.Resources!.Requests!["memory"]
            .Value.ShouldBe(2L * 1024 * 1024 * 1024 * 85 / 100);

    [Fact]
    public void A_spread_that_does_not_come_out_even_is_refused() =>
        Refused(Machine(), Type(("cpu.guest", "3")), Preference(("cpu.preferredCPUTopology", "\"spread\"")))
            .ShouldHaveSingleItem()
            .Field.ShouldBe("instancetype.spec.cpu.guest");

    [Theory]
    [InlineData("domain.cpu.sockets", "2", null, null)]
    [InlineData("domain.cpu.cores", "2", null, null)]
    [InlineData("domain.cpu.threads", "2", null, null)]
    [InlineData("domain.resources.requests.cpu", "\"1\"", null, null)]
    [InlineData("domain.resources.limits.cpu", "\"1\"", null, null)]
    [InlineData("domain.cpu.model", "\"Haswell\"", "cpu.model", "\"Haswell\"")]
    [InlineData("domain.memory.guest", "\"1Gi\"", null, null)]
    [InlineData("domain.memory.maxGuest", "\"4Gi\"", "memory.maxGuest", "\"4Gi\"")]
    [InlineData("domain.resources.requests.memory", "\"1Gi\"", null, null)]
    [InlineData("domain.resources.limits.memory", "\"1Gi\"", null, null)]
    [InlineData("nodeSelector", """{"a":"b"}""", "nodeSelector", """{"a":"b"}""")]
    public void A_machine_may_not_say_what_its_type_says(string field, string json, string? typeField, string? typeJson)
    {
        var type = typeField is null ? Type() : Type((typeField, typeJson!));

        var error = Refused(Machine((field, json)), type).ShouldHaveSingleItem();

        error.Field.ShouldBe($"spec.template.spec.{field}");
        error.Reason.ShouldBe(FieldErrorReason.FieldValueInvalid);
        error.Message.ShouldBe($"VM field(s) spec.template.spec.{field} conflicts with selected instance type");
    }

    [Theory]
    [InlineData("domain.cpu.sockets", "0")]
    [InlineData("domain.cpu.model", "\"Haswell\"")]
    [InlineData("domain.cpu.maxSockets", "9")]
    [InlineData("domain.memory.maxGuest", "\"4Gi\"")]
    [InlineData("nodeSelector", """{"a":"b"}""")]
    public void What_its_type_leaves_open_it_may_say(string field, string json) =>
        At(Tree(Expanded(Machine((field, json)), Type())), $"template.spec.{field}").ShouldNotBeNull();

    [Fact]
    public void All_fields_of_processors_are_named_at_once_and_of_memory_the_first()
    {
        var machine = Machine(
            ("domain.cpu.sockets", "1"),
            ("domain.cpu.cores", "2"),
            ("domain.resources.requests.cpu", "\"1\""),
            ("domain.memory.guest", "\"1Gi\""),
            ("domain.resources.limits.memory", "\"1Gi\"")
        );

        Refused(machine, Type())
            .ShouldHaveSingleItem()
            .Message.ShouldBe(
                $"VM field(s) {Domain}.cpu.sockets, {Domain}.cpu.cores, {Domain}.resources.requests.cpu, "
                    + $"{Domain}.memory.guest conflicts with selected instance type"
            );
    }

    [Fact]
    public void An_annotation_conflicts_only_when_its_value_differs()
    {
        var machine = Machine();
        machine = machine with
        {
            Template = machine.Template with
            {
                Metadata = new() { Annotations = new Dictionary<string, string> { ["team"] = "blue" } },
            },
        };

        Refused(machine, Type(("annotations", """{"team":"red"}""")))
            .ShouldHaveSingleItem()
            .Field.ShouldBe("spec.template.metadata.annotations[team]");
        Expanded(machine, Type(("annotations", """{"team":"blue","more":"1"}""")))
            .Template.Metadata!.Annotations!.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("cpu.dedicatedCPUPlacement", "true")]
    [InlineData("cpu.isolateEmulatorThread", "true")]
    [InlineData("memory.hugepages", """{"pageSize":"2Mi"}""")]
    [InlineData("ioThreadsPolicy", "\"auto\"")]
    [InlineData("ioThreads", """{"supplementalPoolThreadCount":4}""")]
    [InlineData("cpu.numa", """{"guestMappingPassthrough":{}}""")]
    [InlineData("cpu.realtime", "{}")]
    [InlineData("gpus", """[{"name":"gpu1","deviceName":"nvidia.com/A10"}]""")]
    [InlineData("hostDevices", """[{"name":"card","deviceName":"example.com/card"}]""")]
    [InlineData("launchSecurity", """{"sev":{}}""")]
    [InlineData("schedulerName", "\"theirs\"")]
    public void A_type_that_cannot_be_acted_on_is_refused_by_name(string field, string json)
    {
        var error = Refused(Machine(), Type((field, json))).ShouldHaveSingleItem();

        error.Field.ShouldBe("spec.instancetype");
        error.Message.ShouldContain("u1.small");
        error.Message.ShouldContain(field);
    }

    [Fact]
    public void A_field_of_a_type_that_says_no_is_no_reason_to_refuse() =>
        Expanded(
            Machine(),
            Type(
                ("cpu.dedicatedCPUPlacement", "false"),
                ("cpu.isolateEmulatorThread", "false"),
                ("cpu.numa", "{}"),
                ("gpus", "[]"),
                ("hostDevices", "[]"),
                ("ioThreads", "{}"),
                ("schedulerName", "\"\"")
            )
        );

    [Fact]
    public void A_guest_that_was_to_be_hidden_from_its_host_is_not_run_in_the_open()
    {
        var preference = new VirtualMachinePreferenceSpec { PreferredLaunchSecurity = new() { Sev = new() } };

        var error = MachineExpansion.Of(Machine(), "amd64", null, preference).Errors.ShouldHaveSingleItem();

        error.Field.ShouldBe("spec.preference");
        error.Message.ShouldContain("preferredLaunchSecurity");
    }

    [Fact]
    public void Memory_given_for_the_case_that_a_volume_names_no_type_is_no_conflict()
    {
        var machine = Machine(("domain.memory.guest", "\"1Gi\""));
        var ignoring = machine with
        {
            Instancetype = new() { InferFromVolume = "root", InferFromVolumeFailurePolicy = "Ignore" },
        };
        var rejecting = machine with { Instancetype = new() { InferFromVolume = "root" } };

        Expanded(ignoring, Type()).Template.Spec.Domain.Memory!.Guest.ShouldBe(Quantity.Parse("2Gi"));
        Refused(rejecting, Type()).ShouldHaveSingleItem().Field.ShouldBe($"{Domain}.memory.guest");
    }

    [Fact]
    public void The_preferred_machine_type_is_told_and_only_written_where_it_is_to_be_shown()
    {
        var preference = Preference(("machine.preferredMachineType", "\"pc-q35-9.2\""));

        var expanded = MachineExpansion.Of(Machine(), "amd64", null, preference);
        expanded.PreferredMachineType.ShouldBe("pc-q35-9.2");
        expanded.Spec!.Template.Spec.Domain.Machine.ShouldBeNull();
        expanded.Written!.Template.Spec.Domain.Machine!.Type.ShouldBe("pc-q35-9.2");

        MachineExpansion
            .Of(Machine(("domain.machine.type", "\"q35\"")), "amd64", null, preference)
            .Written!.Template.Spec.Domain.Machine!.Type.ShouldBe("q35");
    }

    [Fact]
    public void Expanding_twice_changes_nothing()
    {
        var preference = GuestPreferences.All.Single(one => one.Metadata.Name == "windows.11").Spec;
        var once = Expanded(Machine(), Type(("memory.guest", "\"4Gi\"")), preference);

        Tree(Expanded(once, null, preference)).ToJsonString().ShouldBe(Tree(once).ToJsonString());
    }
}
