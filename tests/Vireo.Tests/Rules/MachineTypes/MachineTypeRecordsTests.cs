using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeRecordsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("q35")]
    [InlineData("pc-q35-9.2")]
    public void The_first_boot_is_recorded_from_the_running_domain(string? template)
    {
        var record = Next(Machine(template), Instance(template ?? "q35", "pc-q35-9.2")).ShouldNotBeNull();

        record.ShouldBe(
            new()
            {
                Requested = template,
                Resolved = "pc-q35-9.2",
                Source = "Domain",
                RecordedAt = Samples.Now,
            }
        );
    }

    [Fact]
    public void Nothing_is_recorded_of_a_machine_that_never_ran() => Next(Machine("q35"), null).ShouldBeNull();

    [Fact]
    public void Nothing_is_recorded_before_the_domain_tells() =>
        Next(Machine("q35"), Instance("q35", null, Phase.Scheduled)).ShouldBeNull();

    [Fact]
    public void A_guest_that_ended_before_anybody_looked_is_recorded_all_the_same() =>
        Next(Machine("q35"), Instance("q35", "pc-q35-9.2", Phase.Succeeded))
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");

    [Fact]
    public void A_template_that_changed_before_the_first_record_waits_for_the_next_boot()
    {
        var record = Next(Machine("pc-q35-9.2"), Instance("q35", "pc-q35-7.2")).ShouldNotBeNull();

        record.Requested.ShouldBe("q35");
        record.Resolved.ShouldBe("pc-q35-7.2");
        record.Pending.ShouldNotBeNull().Type.ShouldBe("pc-q35-9.2");
    }

    [Theory]
    [InlineData("q35", "pc-q35-7.2")]
    [InlineData(null, "pc-q35-7.2")]
    [InlineData("pc-q35-7.2", "pc-q35-7.2")]
    public void A_record_stays_while_the_guest_runs_stops_and_runs_again(string? template, string type)
    {
        var machine = Machine(template, Record(type, template));

        Next(machine, Instance(type, type)).ShouldBe(machine.Status!.MachineType);
        Next(machine, Instance(type, type, Phase.Succeeded)).ShouldBe(machine.Status!.MachineType);
        Next(machine, Instance(type, null, Phase.Scheduling)).ShouldBe(machine.Status!.MachineType);
        Next(machine, null).ShouldBe(machine.Status!.MachineType);
    }

    [Fact]
    public void A_changed_template_is_recorded_at_once_while_the_machine_is_off() =>
        Next(Machine("pc-q35-9.2", Record("pc-q35-7.2", "q35")), null)
            .ShouldBe(
                new()
                {
                    Requested = "pc-q35-9.2",
                    Resolved = "pc-q35-9.2",
                    Source = "Template",
                    RecordedAt = Samples.Now,
                }
            );

    [Fact]
    public void A_changed_template_waits_for_the_next_boot_while_the_guest_runs()
    {
        var record = Next(Machine("pc-q35-9.2", Record("pc-q35-7.2", "q35")), Instance("q35", "pc-q35-7.2"));

        record.ShouldBe(
            Record("pc-q35-7.2", "q35") with
            {
                Pending = new()
                {
                    Type = "pc-q35-9.2",
                    Source = "Template",
                    AskedAt = Samples.Now,
                },
            }
        );
        Next(Machine("pc-q35-9.2", record), Instance("q35", "pc-q35-7.2"), Samples.Now.AddHours(1)).ShouldBe(record);
    }

    [Fact]
    public void A_template_that_names_what_runs_already_needs_no_boot()
    {
        var record = Next(Machine("pc-q35-7.2", Record("pc-q35-7.2", "q35")), Instance("q35", "pc-q35-7.2"));

        record.ShouldBe(Record("pc-q35-7.2", "pc-q35-7.2"));
    }

    [Fact]
    public void A_template_that_is_changed_back_waits_for_nothing() =>
        Next(Machine("q35", Record("pc-q35-7.2", "q35", pending: "pc-q35-9.2")), Instance("q35", "pc-q35-7.2"))
            .ShouldBe(Record("pc-q35-7.2", "q35"));

    [Fact]
    public void A_type_taken_out_of_the_template_asks_for_the_clusters_default()
    {
        var configuration = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new() { Amd64 = new() { MachineType = "pc-q35-8.2" } },
        };
        var machine = Machine(null, Record("pc-q35-7.2", "pc-q35-7.2"));

        MachineTypeRecords
            .Next(machine, Instance("pc-q35-7.2", "pc-q35-7.2"), configuration, Samples.Now)
            .ShouldNotBeNull()
            .Pending.ShouldBe(
                new()
                {
                    Type = "pc-q35-8.2",
                    Source = "ClusterConfiguration",
                    AskedAt = Samples.Now,
                }
            );
        MachineTypeRecords.ForNextBoot(machine, configuration).ShouldBe("pc-q35-8.2");
    }

    [Theory]
    [InlineData("Template", "pc-q35-9.2")]
    [InlineData("Update", "q35")]
    public void What_is_pending_becomes_the_record_when_the_machine_stops(string source, string template)
    {
        var pending = Record("pc-q35-7.2", "q35", pending: "pc-q35-9.2", pendingSource: source);

        foreach (var gone in new[] { null, Instance("q35", "pc-q35-7.2", Phase.Succeeded) })
        {
            var record = Next(Machine(template, pending), gone).ShouldNotBeNull();

            record.Resolved.ShouldBe("pc-q35-9.2");
            record.Source.ShouldBe(source);
            record.Requested.ShouldBe(template);
            record.Pending.ShouldBeNull();
        }
    }

    [Fact]
    public void What_is_pending_is_the_record_once_the_guest_boots_with_it()
    {
        var machine = Machine("q35", Record("pc-q35-7.2", "q35", pending: "pc-q35-9.2", pendingSource: "Update"));

        var record = Next(machine, Instance("pc-q35-9.2", "pc-q35-9.2")).ShouldNotBeNull();

        record.Resolved.ShouldBe("pc-q35-9.2");
        record.Pending.ShouldBeNull();
    }

    [Fact]
    public void What_is_pending_stays_while_the_same_QEMU_runs() =>
        Next(
                Machine("q35", Record("pc-q35-7.2", "q35", pending: "pc-q35-9.2", pendingSource: "Update")),
                Instance("q35", "pc-q35-7.2")
            )
            .ShouldNotBeNull()
            .Pending.ShouldNotBeNull()
            .Type.ShouldBe("pc-q35-9.2");

    [Theory]
    [InlineData("Update")]
    [InlineData("Template")]
    public void An_update_that_came_while_an_instance_was_made_is_not_forgotten(string source)
    {
        var template = source == "Template" ? "pc-q35-9.2" : "q35";
        var record = Next(
            Machine(template, Record("pc-q35-9.2", template, source)),
            Instance("pc-q35-7.2", "pc-q35-7.2")
        );

        record.ShouldNotBeNull().Resolved.ShouldBe("pc-q35-7.2");
        record.ShouldNotBeNull().Source.ShouldBe("Domain");
        record.ShouldNotBeNull().Pending.ShouldNotBeNull().Type.ShouldBe("pc-q35-9.2");
        record.ShouldNotBeNull().Pending.ShouldNotBeNull().Source.ShouldBe(source);
        Next(Machine(template, record), Instance("pc-q35-7.2", "pc-q35-7.2")).ShouldBe(record);
    }

    [Fact]
    public void An_alias_that_was_set_is_recorded_as_what_it_came_to() =>
        Next(Machine("q35", Record("q35", "q35", "Update")), Instance("q35", "pc-q35-9.2"))
            .ShouldBe(Record("pc-q35-9.2", "q35") with { RecordedAt = Samples.Now });

    [Fact]
    public void What_the_domain_has_is_the_record_whatever_it_said() =>
        Next(Machine("q35", Record("pc-q35-7.2", "q35", "BuiltIn")), Instance("q35", "pc-q35-9.2"))
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");

    [Theory]
    // Policy, template, record, pending, what the next boot brings.
    [InlineData("Pinned", null, null, null, null)]
    [InlineData("Pinned", "q35", null, null, "q35")]
    [InlineData("Pinned", "pc-q35-9.2", null, null, "pc-q35-9.2")]
    [InlineData("Pinned", null, "pc-q35-7.2", null, "pc-q35-7.2")]
    [InlineData("Pinned", "q35", "pc-q35-7.2", null, "pc-q35-7.2")]
    [InlineData("Pinned", "q35", "pc-q35-7.2", "pc-q35-9.2", "pc-q35-9.2")]
    [InlineData("Floating", null, "pc-q35-7.2", null, null)]
    [InlineData("Floating", "q35", "pc-q35-7.2", null, "q35")]
    [InlineData("Floating", "q35", "pc-q35-7.2", "pc-q35-9.2", "pc-q35-9.2")]
    [InlineData("Floating", "pc-q35-7.2", "pc-q35-7.2", null, "pc-q35-7.2")]
    [InlineData("", "q35", "pc-q35-7.2", null, "pc-q35-7.2")]
    public void The_next_boot_uses_the_record_whatever_the_defaults_become(
        string policy,
        string? template,
        string? recorded,
        string? pending,
        string? expected
    )
    {
        var record = recorded is null ? null : Record(recorded, template, pending: pending, pendingSource: "Update");
        var configuration = Policy(policy) with { MachineType = "pc-q35-6.2" };

        MachineTypeRecords.ForNextBoot(Machine(template, record), configuration).ShouldBe(expected);
    }

    [Fact]
    public void A_template_that_names_another_type_decides_at_the_next_boot_before_anybody_wrote_it_down() =>
        MachineTypeRecords
            .ForNextBoot(Machine("pc-q35-9.2", Record("pc-q35-7.2", "q35")), Pinned)
            .ShouldBe("pc-q35-9.2");

    [Fact]
    public void A_type_that_was_set_stays_where_aliases_float() =>
        MachineTypeRecords
            .ForNextBoot(Machine("q35", Record("pc-q35-9.2", "q35", "Update")), Floating)
            .ShouldBe("pc-q35-9.2");

    [Fact]
    public void A_floating_alias_is_recorded_anew_at_each_boot()
    {
        var record = MachineTypeRecords.Next(
            Machine("q35", Record("pc-q35-7.2", "q35", "Template")),
            Instance("q35", "pc-q35-9.2"),
            Floating,
            Samples.Now
        );

        record.ShouldBe(Record("pc-q35-9.2", "q35") with { RecordedAt = Samples.Now });
    }

    [Fact]
    public void The_image_names_the_type_of_a_first_boot()
    {
        var host = Upstream("one") with { };
        host = host with
        {
            Status = host.Status! with
            {
                ImageMachineTypes = new Dictionary<string, string> { ["quay.io/vireo/tiny:1.0"] = "pc-i440fx-7.2" },
            },
        };

        MachineTypeRecords.ForNextBoot(Machine(null), Pinned, [host]).ShouldBe("pc-i440fx-7.2");
        MachineTypeRecords.ForNextBoot(Machine("q35"), Pinned, [host]).ShouldBe("q35");
        MachineTypeRecords.ForNextBoot(Machine(null, Record("pc-q35-7.2")), Pinned, [host]).ShouldBe("pc-q35-7.2");
    }

    private static MachineTypeRecord? Next(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        DateTimeOffset? now = null
    ) => MachineTypeRecords.Next(machine, instance, Pinned, now ?? Samples.Now);
}
