using Vireo.Api;
using Vireo.Rules;
using static Vireo.Rules.TransitionDecision;
using static Vireo.Tests.Rules.MachineTypes.Machines;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules.MachineTypes.Transitions;

/// <summary>What a transition does to one machine: the cases of design 0's list, and those beyond it.</summary>
public sealed class TransitionPlanTests
{
    private const string Newest = "pc-q35-rhel9.6.0";

    [Theory]
    // Template, record, running, restart: to what, labelled, restarted; a dash for machines that stay.
    // Running, below the minimum.
    [InlineData("pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "Label", Newest, true, false)]
    [InlineData("pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "Now", Newest, true, true)]
    [InlineData("pc-q35-rhel8.2.0", null, "pc-q35-rhel8.2.0", "Label", Newest, true, false)]
    // Running, an alias whose instance is older than the minimum.
    [InlineData("q35", "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "Label", Newest, true, false)]
    [InlineData("q35", "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "Now", Newest, true, true)]
    [InlineData("q35", null, "pc-q35-rhel8.2.0", "Now", Newest, true, true)]
    [InlineData(null, null, "pc-q35-rhel8.2.0", "Label", Newest, true, false)]
    // Running, an alias whose instance is not.
    [InlineData("q35", "pc-q35-rhel9.2.0", "pc-q35-rhel9.2.0", "Now", "-UpToDate", false, false)]
    // Running, at or above the minimum.
    [InlineData("pc-q35-rhel9.0.0", "pc-q35-rhel9.0.0", "pc-q35-rhel9.0.0", "Now", "-UpToDate", false, false)]
    [InlineData("pc-q35-rhel9.6.0", null, "pc-q35-rhel9.6.0", "Now", "-UpToDate", false, false)]
    // Not running, below the minimum.
    [InlineData("pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", null, "Label", Newest, false, false)]
    [InlineData("pc-q35-rhel8.2.0", null, null, "Now", Newest, false, false)]
    // Not running, at or above it.
    [InlineData("pc-q35-rhel9.0.0", "pc-q35-rhel9.0.0", null, "Label", "-UpToDate", false, false)]
    [InlineData("pc-q35-rhel9.4.0", null, null, "Now", "-UpToDate", false, false)]
    // Not running, an alias: its next boot takes the newest, unless an older type is recorded for life.
    [InlineData("q35", null, null, "Label", "-Alias", false, false)]
    [InlineData(null, null, null, "Label", "-Alias", false, false)]
    [InlineData("q35", "pc-q35-rhel8.2.0", null, "Label", Newest, false, false)]
    [InlineData("q35", "pc-q35-rhel9.2.0", null, "Label", "-UpToDate", false, false)]
    // Other lines.
    [InlineData("pc-i440fx-rhel7.6.0", null, null, "Now", "-FamilyChange", false, false)]
    [InlineData("pc-i440fx-rhel7.6.0", null, "pc-i440fx-rhel7.6.0", "Now", "-FamilyChange", false, false)]
    [InlineData("pc-q35-7.2", null, null, "Now", "-NotComparable", false, false)]
    [InlineData("pc-q35-noble", null, "pc-q35-noble", "Now", "-NotComparable", false, false)]
    [InlineData("pc-q35-rhel8.2.0-hpb", null, null, "Now", "-NotComparable", false, false)]
    [InlineData("virt-rhel8.2.0", null, null, "Now", "-NoStep", false, false)]
    [InlineData("pc-i440fx-7.2", null, null, "Now", "-NoStep", false, false)]
    [InlineData("microvm", null, null, "Now", "-NoStep", false, false)]
    // Between what runs and what the next boot brings.
    [InlineData("pc-q35-rhel9.2.0", "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", "Now", "pc-q35-rhel9.2.0", true, true)]
    [InlineData("pc-q35-rhel8.2.0", "pc-q35-rhel9.2.0", "pc-q35-rhel9.2.0", "Now", "pc-q35-rhel9.2.0", false, false)]
    public void Design_0s_cases_and_those_beyond_it(
        string? template,
        string? recorded,
        string? running,
        string restart,
        string expected,
        bool label,
        bool restarts
    )
    {
        var decision = Decide(
            Machine(template, recorded is null ? null : Record(recorded, RequestedBy(template, recorded))),
            running is null ? null : Instance(template ?? "q35", running),
            new() { Restart = restart }
        );

        if (expected.StartsWith('-'))
        {
            decision.ShouldBeOfType<Leave>().Reason.ShouldBe(expected[1..]);
        }
        else
        {
            decision.ShouldBe(new Change(running ?? recorded ?? template!, expected, label, restarts));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("q35")]
    public void A_floating_alias_that_is_off_needs_nothing(string? template) =>
        Decide(Machine(template, Record("pc-q35-rhel8.2.0", template)), null, configuration: Floating)
            .ShouldBeOfType<Leave>()
            .Reason.ShouldBe("Alias");

    [Fact]
    public void A_floating_alias_that_runs_with_an_old_type_is_moved() =>
        Decide(
                Machine("q35", Record("pc-q35-rhel8.2.0", "q35")),
                Instance("q35", "pc-q35-rhel8.2.0"),
                configuration: Floating
            )
            .ShouldBe(new Change("pc-q35-rhel8.2.0", Newest, NeedsLabel: true, NeedsRestart: false));

    [Theory]
    [InlineData(Phase.Succeeded)]
    [InlineData(Phase.Failed)]
    public void A_guest_that_has_ended_does_not_run(Phase phase) =>
        Decide(
                Machine("pc-q35-rhel8.2.0"),
                Instance("pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", phase),
                new() { Restart = "Now" }
            )
            .ShouldBe(new Change("pc-q35-rhel8.2.0", Newest, NeedsLabel: false, NeedsRestart: false));

    [Fact]
    public void A_guest_that_starts_has_what_it_is_started_with() =>
        Decide(Machine("pc-q35-rhel8.2.0"), Instance("pc-q35-rhel8.2.0", null, Phase.Scheduling))
            .ShouldBe(new Change("pc-q35-rhel8.2.0", Newest, NeedsLabel: true, NeedsRestart: false));

    [Fact]
    public void A_machine_that_is_being_deleted_is_left_alone() =>
        Decide(Situations.Deleted(Machine("pc-q35-rhel8.2.0")), null)
            .ShouldBeOfType<Leave>()
            .Outcome.ShouldBe("Unchanged");

    [Fact]
    public void I440fx_becomes_q35_only_where_that_is_allowed()
    {
        var spec = new MachineTypeTransitionSpec { AllowFamilyChange = true, Restart = "Now" };
        var machine = Machine("pc-i440fx-rhel7.6.0");

        Decide(machine, null, new()).ShouldBeOfType<Leave>().Outcome.ShouldBe("Refused");
        Decide(machine, null, spec)
            .ShouldBe(new Change("pc-i440fx-rhel7.6.0", Newest, NeedsLabel: false, NeedsRestart: false));
        Decide(machine, Instance("pc", "pc-i440fx-rhel7.6.0"), spec)
            .ShouldBe(new Change("pc-i440fx-rhel7.6.0", Newest, NeedsLabel: true, NeedsRestart: true));
        Decide(Machine("pc-i440fx-7.2"), null, spec).ShouldBeOfType<Leave>();
        // Its owner has chosen a q35 already, which waits for the restart.
        Decide(Machine("pc-q35-rhel9.2.0"), Instance("pc", "pc-i440fx-rhel7.6.0"), spec with { Restart = "Label" })
            .ShouldBe(new Change("pc-i440fx-rhel7.6.0", "pc-q35-rhel9.2.0", NeedsLabel: true, NeedsRestart: false));
    }

    [Fact]
    public void A_target_that_no_host_offers_is_given_to_nobody() =>
        Decide(Machine("pc-q35-rhel8.2.0"), null, offers: MachineTypeOffers.Of([Upstream("one")]))
            .ShouldBeOfType<Leave>()
            .Reason.ShouldBe("NotOffered");

    [Fact]
    public void A_machine_below_a_minimum_that_hosts_cannot_reach_is_named() =>
        TransitionPlan
            .Decide(
                new(),
                [new() { Below = "pc-i440fx-rhel10.0.0", Target = "pc-i440fx-rhel7.6.0" }],
                Machine("pc-i440fx-rhel7.6.0"),
                null,
                MachineTypeOffers.Of([Rhel9("one")]),
                Pinned
            )
            .ShouldBeOfType<Leave>()
            .Reason.ShouldBe("NoNewerType");

    [Fact]
    public void Upstream_names_move_in_the_same_way() =>
        TransitionPlan
            .Decide(
                new(),
                TransitionSteps.Settle(new() { Steps = [new() { Below = "pc-q35-7.0" }] }, [Upstream("a")]).Steps,
                Machine("q35", Record("pc-q35-6.2", "q35")),
                null,
                MachineTypeOffers.Of([Upstream("a")]),
                Pinned
            )
            .ShouldBe(new Change("pc-q35-6.2", "pc-q35-9.2", NeedsLabel: false, NeedsRestart: false));

    [Theory]
    // On hosts of Ubuntu, without steps: what is out of support moves, what is not stays and is not refused.
    [InlineData("pc-q35-focal", "pc-q35-noble-v2")]
    [InlineData("pc-i440fx-xenial", "pc-i440fx-noble")]
    [InlineData("pc-q35-jammy", null)]
    [InlineData("pc-q35-noble", null)]
    public void The_built_in_steps_know_Ubuntus_releases(string type, string? target)
    {
        Host[] hosts =
        [
            Host("one", "pc-q35-jammy", "pc-q35-noble", "pc-q35-noble-v2", "pc-i440fx-noble", "pc-q35-8.2"),
        ];

        var decision = TransitionPlan.Decide(
            new(),
            TransitionSteps.Settle(new(), hosts).Steps,
            Machine(type),
            null,
            MachineTypeOffers.Of(hosts),
            Pinned
        );

        if (target is null)
        {
            decision.ShouldBeOfType<Leave>().Reason.ShouldBe("UpToDate");
        }
        else
        {
            decision.ShouldBe(new Change(type, target, NeedsLabel: false, NeedsRestart: false));
        }
    }

    [Fact]
    public void What_a_transition_did_is_done_once()
    {
        var machine = Machine("pc-q35-rhel8.2.0");
        var change = Decide(machine, null).ShouldBeOfType<Change>();

        Decide(Machine(change.To, Record("pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0")), null)
            .ShouldBeOfType<Leave>()
            .Reason.ShouldBe("UpToDate");
    }

    [Theory]
    // Template, running, from, to: what the rollback does.
    [InlineData(Newest, null, "pc-q35-rhel8.2.0", Newest, "pc-q35-rhel8.2.0", false, false)]
    [InlineData(Newest, Newest, "pc-q35-rhel8.2.0", Newest, "pc-q35-rhel8.2.0", true, true)]
    [InlineData(Newest, "pc-q35-rhel8.2.0", "pc-q35-rhel8.2.0", Newest, "pc-q35-rhel8.2.0", false, false)]
    [InlineData("pc-q35-rhel9.4.0", null, "pc-q35-rhel8.2.0", Newest, "-EditedSince", false, false)]
    [InlineData(Newest, null, "pc-q35-rhel7.6.0", Newest, "-NotOffered", false, false)]
    [InlineData(Newest, null, null, Newest, "-NothingRecorded", false, false)]
    public void A_rollback_gives_back_what_was_in_effect(
        string template,
        string? running,
        string? from,
        string to,
        string expected,
        bool label,
        bool restarts
    )
    {
        var decision = TransitionPlan.Back(
            new() { RollbackOf = "earlier", Restart = "Now" },
            Machine(template),
            running is null ? null : Instance(template, running),
            from,
            to,
            MachineTypeOffers.Of([Rhel9("one")])
        );

        if (expected.StartsWith('-'))
        {
            decision.ShouldBeOfType<Leave>().Reason.ShouldBe(expected[1..]);
        }
        else
        {
            decision.ShouldBe(new Change(running ?? to, expected, label, restarts));
        }
    }

    // A template that differs from the record was edited while the guest ran: the record still has the earlier one.
    private static string? RequestedBy(string? template, string recorded) =>
        MachineType.Parse(template) is { IsVersioned: true } ? recorded : template;

    private static TransitionDecision Decide(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        MachineTypeTransitionSpec? spec = null,
        MachineTypeOffers? offers = null,
        KubeVirtConfiguration? configuration = null
    ) =>
        TransitionPlan.Decide(
            spec ?? new(),
            [new() { Below = "pc-q35-rhel9.0.0", Target = Newest }],
            machine,
            instance,
            offers ?? MachineTypeOffers.Of([Rhel9("one"), Rhel9("two")]),
            configuration ?? Pinned
        );
}
