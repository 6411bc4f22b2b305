using Vireo.Api;
using Vireo.Rules;
using static Vireo.Rules.MachineTypePolicyDecision;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Why = Vireo.Rules.MachineTypeRefusal;

namespace Vireo.Tests.Rules.MachineTypes;

public sealed class MachineTypeUpdatesTests
{
    private static readonly Host[] Hosts =
    [
        Upstream("one"),
        Host(
            "rhel",
            "pc-q35-rhel9.6.0",
            "pc-q35-rhel9.4.0",
            "pc-q35-rhel10.0.0",
            "pc-i440fx-rhel7.6.0!",
            "pc-q35-noble",
            "pc-q35-noble-v2",
            "pc-q35-noble-hpb"
        ),
    ];

    [Theory]
    // Recorded, asked for.
    [InlineData(null, "pc-q35-9.2")]
    [InlineData(null, "pc-i440fx-9.2")]
    [InlineData("pc-q35-7.2", "pc-q35-9.2")]
    [InlineData("q35", "pc-q35-9.2")]
    [InlineData("q35", "pc-q35-6.2")]
    [InlineData("q35", "pc-q35-rhel9.6.0")]
    [InlineData("pc", "pc-i440fx-9.2")]
    [InlineData("pc-q35-rhel9.6.0", "pc-q35-rhel10.0.0")]
    [InlineData("pc-q35-noble", "pc-q35-noble-v2")]
    [InlineData("pc-1.3", "pc-i440fx-9.2")]
    public void A_newer_version_of_the_family_is_recorded(string? recorded, string asked)
    {
        var decision = Decide(recorded, asked).ShouldBeOfType<Allowed>();

        decision.Change.Outcome.ShouldBe("Updated");
        decision.Change.Previous.ShouldBe(recorded);
        decision.Change.Current.ShouldBe(asked);
        decision.Machine.Status!.MachineType.ShouldBe(
            new()
            {
                Resolved = asked,
                Source = "Update",
                RecordedAt = Samples.Now,
            }
        );
        decision.Machine.Spec.ShouldBe(Machine(null, null).Spec, new SameSpec());
    }

    [Theory]
    [InlineData("pc-q35-9.2", "pc-q35-7.2", Why.Downgrade)]
    [InlineData("pc-q35-rhel10.0.0", "pc-q35-rhel9.6.0", Why.Downgrade)]
    [InlineData("pc-q35-noble-v2", "pc-q35-noble", Why.Downgrade)]
    [InlineData("pc-i440fx-9.2", "pc-q35-9.2", Why.FamilyChange)]
    [InlineData("pc", "q35", Why.FamilyChange)]
    [InlineData("pc", "pc-q35-9.2", Why.FamilyChange)]
    [InlineData("pc-i440fx-rhel7.6.0", "pc-q35-rhel9.6.0", Why.FamilyChange)]
    [InlineData("pc-q35-9.2", "q35", Why.AliasFromVersioned)]
    [InlineData("pc-q35-9.2", "pc-q35-rhel9.6.0", Why.NotComparable)]
    [InlineData("pc-q35-noble", "pc-q35-noble-hpb", Why.NotComparable)]
    [InlineData("pc-q35-zany", "pc-q35-9.2", Why.NotComparable)]
    public void A_move_that_can_break_the_guest_is_refused_for_its_own_reason_and_can_be_forced(
        string recorded,
        string asked,
        Why why
    )
    {
        Decide(recorded, asked).ShouldBeOfType<Refuse>().Why.ShouldBe(why);

        var forced = Decide(recorded, asked, force: true).ShouldBeOfType<Allowed>();
        forced.Change.Warnings.ShouldNotBeNull().ShouldContain(warning => warning.Contains("ABI"));
        (forced.Change.DeviceChanges is not null).ShouldBe(why is Why.FamilyChange);
    }

    [Theory]
    [InlineData("pc q35", Why.Malformed)]
    [InlineData("pc-q35-9.2,accel=kvm", Why.Malformed)]
    [InlineData("junk", Why.NotOffered)]
    [InlineData("pc-q35-99.0", Why.NotOffered)]
    [InlineData("virt", Why.NotOffered)]
    [InlineData("", Why.NoImageType)]
    [InlineData(null, Why.NoImageType)]
    public void What_no_guest_can_have_is_refused_even_with_force(string? asked, Why why)
    {
        foreach (var recorded in new[] { null, "pc-q35-7.2", asked == "" ? null : asked })
        {
            Decide(recorded, asked, force: true).ShouldBeOfType<Refuse>().Why.ShouldBe(why);
            Decide(recorded, asked).ShouldBeOfType<Refuse>().Why.ShouldBe(why);
        }
    }

    [Fact]
    public void A_refusal_offers_the_nearest_names() =>
        Decide("pc-q35-7.2", "pc-q35-9.1")
            .ShouldBeOfType<Refuse>()
            .Message.ShouldContain("Nearest: pc-q35-9.2, pc-q35-8.2");

    [Fact]
    public void A_type_that_the_cluster_does_not_allow_is_refused()
    {
        var configuration = new KubeVirtConfiguration
        {
            ArchitectureConfiguration = new() { Amd64 = new() { EmulatedMachines = ["pc-q35*"] } },
        };

        Decide(null, "pc-i440fx-9.2", force: true, configuration: configuration)
            .ShouldBeOfType<Refuse>()
            .Message.ShouldContain("emulatedMachines");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_running_machine_keeps_its_type(bool force)
    {
        var running = Instance("pc-q35-7.2", "pc-q35-7.2");

        Decide("pc-q35-7.2", "pc-q35-9.2", force, instance: running)
            .ShouldBeOfType<Refuse>()
            .Why.ShouldBe(Why.WrongState);
    }

    [Fact]
    public void A_running_machine_gets_another_type_at_its_next_boot()
    {
        var running = Instance("pc-q35-7.2", "pc-q35-7.2");

        var decision = Decide("pc-q35-7.2", "pc-q35-9.2", instance: running, atNextBoot: true)
            .ShouldBeOfType<Allowed>();

        decision.Change.Outcome.ShouldBe("Pending");
        decision.Change.Previous.ShouldBe("pc-q35-7.2");
        decision.Change.Current.ShouldBe("pc-q35-9.2");
        decision.Machine.Status!.MachineType.ShouldBe(
            Record("pc-q35-7.2") with
            {
                Pending = new()
                {
                    Type = "pc-q35-9.2",
                    Source = "Update",
                    AskedAt = Samples.Now,
                },
            }
        );
        MachineTypeRecords
            .Next(decision.Machine, running, Pinned, Samples.Now)
            .ShouldBe(decision.Machine.Status!.MachineType);
        MachineTypeRecords.ForNextBoot(decision.Machine, Pinned).ShouldBe("pc-q35-9.2");
    }

    [Fact]
    public void What_is_pending_is_taken_back_by_asking_for_what_runs()
    {
        var machine = Machine(null, Record("pc-q35-7.2", pending: "pc-q35-9.2", pendingSource: "Update"));

        var decision = Decide(
                machine,
                new() { MachineType = "pc-q35-7.2", AtNextBoot = true },
                Instance("pc-q35-7.2", "pc-q35-7.2")
            )
            .ShouldBeOfType<Allowed>();

        decision.Change.Outcome.ShouldBe("Updated");
        decision.Machine.Status!.MachineType.ShouldBe(Record("pc-q35-7.2"));
    }

    [Fact]
    public void A_policy_holds_for_the_next_boot_too() =>
        Decide("pc-q35-9.2", "pc-q35-7.2", instance: Instance("pc-q35-9.2", "pc-q35-9.2"), atNextBoot: true)
            .ShouldBeOfType<Refuse>()
            .Why.ShouldBe(Why.Downgrade);

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Pending)]
    [InlineData(VirtualMachineInstancePhase.Scheduling)]
    [InlineData(VirtualMachineInstancePhase.Scheduled)]
    [InlineData(VirtualMachineInstancePhase.Unknown)]
    public void A_machine_that_starts_counts_as_running(VirtualMachineInstancePhase phase) =>
        Decide("pc-q35-7.2", "pc-q35-9.2", instance: Instance("pc-q35-7.2", null, phase))
            .ShouldBeOfType<Refuse>()
            .Why.ShouldBe(Why.WrongState);

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Succeeded)]
    [InlineData(VirtualMachineInstancePhase.Failed)]
    public void A_machine_whose_instance_has_ended_counts_as_stopped(VirtualMachineInstancePhase phase)
    {
        var ended = Instance("pc-q35-7.2", "pc-q35-7.2", phase);

        var decision = Decide("pc-q35-7.2", "pc-q35-9.2", instance: ended).ShouldBeOfType<Allowed>();

        MachineTypeRecords
            .Next(decision.Machine, ended, Pinned, Samples.Now)
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_recorded_already_is_no_change_in_any_state(bool runs)
    {
        var instance = runs ? Instance("pc-q35-7.2", "pc-q35-7.2") : null;

        Decide("pc-q35-7.2", "pc-q35-7.2", instance: instance)
            .ShouldBeOfType<Unchanged>()
            .Change.Outcome.ShouldBe("Unchanged");
    }

    [Theory]
    [InlineData("pc-q35-7.2", true)]
    [InlineData("pc-q35-8.2", false)]
    [InlineData("q35", false)]
    public void A_precondition_names_what_is_recorded(string from, bool holds)
    {
        var decision = Decide(
            Machine("q35", Record("pc-q35-7.2", "q35")),
            new()
            {
                MachineType = "pc-q35-9.2",
                From = from,
                Force = true,
            }
        );

        if (holds)
        {
            decision.ShouldBeOfType<Allowed>();
        }
        else
        {
            decision.ShouldBeOfType<Refuse>().Why.ShouldBe(Why.PreconditionFailed);
        }
    }

    [Fact]
    public void Without_a_type_the_image_names_it()
    {
        var host = Upstream("one");
        host = host with
        {
            Status = host.Status! with
            {
                ImageMachineTypes = new Dictionary<string, string> { ["quay.io/vireo/tiny:1.0"] = "pc-q35-8.2" },
            },
        };

        MachineTypeUpdates
            .Decide(Machine(null), null, new(), [host], Pinned, Samples.Now)
            .ShouldBeOfType<Allowed>()
            .Change.Current.ShouldBe("pc-q35-8.2");
    }

    [Theory]
    // What the saved image names, and the image that the saved disk began as; what is set.
    [InlineData("pc-q35-7.2", null, "pc-q35-7.2")]
    [InlineData(null, null, "pc-q35-8.2")]
    // The owner names another image for the disk by now: what was saved is not used any more.
    [InlineData("pc-q35-7.2", "quay.io/vireo/older:1.0", "pc-q35-8.2")]
    public void Without_a_type_the_image_that_the_disks_of_a_shelved_machine_were_saved_as_names_it(
        string? saved,
        string? from,
        string set
    )
    {
        var host = Upstream("one");
        host = host with
        {
            Status = host.Status! with
            {
                ImageMachineTypes = new Dictionary<string, string> { ["quay.io/vireo/tiny:1.0"] = "pc-q35-8.2" },
            },
        };

        MachineTypeUpdates
            .Decide(Saved(Machine(null), saved, from), null, new(), [host], Pinned, Samples.Now)
            .ShouldBeOfType<Allowed>()
            .Change.Current.ShouldBe(set);
    }

    [Fact]
    public void A_machine_that_no_host_has_anything_of_takes_its_saved_images_type_and_one_without_is_asked_for_it()
    {
        MachineTypeUpdates
            .Decide(Saved(Machine(null), "pc-q35-7.2"), null, new(), Hosts, Pinned, Samples.Now)
            .ShouldBeOfType<Allowed>()
            .Change.Current.ShouldBe("pc-q35-7.2");
        MachineTypeUpdates
            .Decide(Saved(Machine(null), null), null, new(), Hosts, Pinned, Samples.Now)
            .ShouldBeOfType<Refuse>()
            .Why.ShouldBe(Why.NoImageType);
    }

    [Fact]
    public void An_alias_is_recorded_as_what_it_means_where_hosts_agree() =>
        Decide("pc-q35-7.2", "q35", force: true)
            .ShouldBeOfType<Allowed>()
            .Machine.Status!.MachineType.ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");

    [Fact]
    public void An_alias_stays_one_where_types_float() =>
        Decide("pc-q35-7.2", "q35", force: true, configuration: Floating)
            .ShouldBeOfType<Allowed>()
            .Machine.Status!.MachineType.ShouldNotBeNull()
            .Resolved.ShouldBe("q35");

    [Fact]
    public void An_update_does_not_lose_against_the_template_that_was_there() =>
        MachineTypeRecords
            .Next(
                Decide(Machine("pc-q35-7.2", Record("pc-q35-7.2", "pc-q35-7.2")), new() { MachineType = "pc-q35-9.2" })
                    .ShouldBeOfType<Allowed>()
                    .Machine,
                null,
                Pinned,
                Samples.Now
            )
            .ShouldNotBeNull()
            .Resolved.ShouldBe("pc-q35-9.2");

    [Theory]
    [InlineData("pc-q35-9.2", "pc-q35-7.2", Why.Downgrade)]
    [InlineData("pc-i440fx-9.2", "pc-q35-9.2", Why.FamilyChange)]
    public void A_machine_without_a_record_is_held_to_its_template(string template, string asked, Why why) =>
        Decide(Machine(template), new() { MachineType = asked }).ShouldBeOfType<Refuse>().Why.ShouldBe(why);

    [Fact]
    public void A_machine_that_is_being_deleted_is_not_changed() =>
        Decide(Situations.Deleted(Machine(null, Record("pc-q35-7.2"))), new() { MachineType = "pc-q35-9.2" })
            .ShouldBeOfType<Refuse>()
            .Why.ShouldBe(Why.WrongState);

    [Theory]
    [InlineData("pc-i440fx-rhel7.6.0", "deprecated")]
    [InlineData("pc-q35-9.2", "only")]
    public void A_type_that_will_not_last_or_not_run_everywhere_warns(string asked, string word) =>
        Decide(null, asked)
            .ShouldBeOfType<Allowed>()
            .Change.Warnings.ShouldNotBeNull()
            .ShouldContain(warning => warning.Contains(word));

    [Fact]
    public void A_family_change_tells_which_devices_the_guest_finds_changed()
    {
        var changes = Decide("pc-i440fx-9.2", "pc-q35-9.2", force: true)
            .ShouldBeOfType<Allowed>()
            .Change.DeviceChanges.ShouldNotBeNull();

        foreach (var device in new[] { "host bridge", "PCI root", "IDE controller", "disk root", "interface default" })
        {
            changes.ShouldContain(change => change.Device == device);
        }

        changes.Single(change => change.Device == "PCI root").After.ShouldBe("pcie-root");
        changes.Single(change => change.Device == "IDE controller").After.ShouldBeNull();
    }

    private static MachineTypePolicyDecision Decide(
        string? recorded,
        string? asked,
        bool force = false,
        VirtualMachineInstance? instance = null,
        bool atNextBoot = false,
        KubeVirtConfiguration? configuration = null
    ) =>
        Decide(
            Machine(null, recorded is null ? null : Record(recorded)),
            new()
            {
                MachineType = asked,
                Force = force,
                AtNextBoot = atNextBoot,
            },
            instance,
            configuration
        );

    private static MachineTypePolicyDecision Decide(
        VirtualMachine machine,
        MachineTypeOptions options,
        VirtualMachineInstance? instance = null,
        KubeVirtConfiguration? configuration = null
    ) => MachineTypeUpdates.Decide(machine, instance, options, Hosts, configuration ?? Pinned, Samples.Now);

    private sealed class SameSpec : IEqualityComparer<VirtualMachineSpec>
    {
        public bool Equals(VirtualMachineSpec? x, VirtualMachineSpec? y) =>
            SameJson.Are(x, y, ApiJson.Default.VirtualMachineSpec);

        public int GetHashCode(VirtualMachineSpec obj) => 0;
    }
}
