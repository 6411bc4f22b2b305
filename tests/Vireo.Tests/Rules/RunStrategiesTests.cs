using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Situations;

namespace Vireo.Tests.Rules;

public class RunStrategiesTests
{
    private static readonly string[] Columns =
    [
        "absent",
        "held",
        "active",
        "succeeded",
        "failed",
        "orphan",
        "foreign",
        "deleting",
    ];

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        var rows = DocTable.Read("src/Vireo.Rules/VirtualMachines/RunStrategies.cs");
        rows.Count.ShouldBe(17);
        foreach (var row in rows)
        {
            foreach (var asked in row["asked"] == "any" ? ["none", "start", "stop"] : new[] { row["asked"] })
            {
                foreach (var column in Columns)
                {
                    var where = $"{row["strategy"]}, asked {asked}, {column}";
                    Cell(row["strategy"], asked, column).ShouldBe(row[column], where);
                }
            }
        }
    }

    [Fact]
    public void A_machine_says_when_it_runs_in_either_form()
    {
        var machine = Samples.Machine(strategy: null);

        RunStrategies.Of(machine).ShouldBeNull();
        RunStrategies.Of(machine with { Spec = machine.Spec with { Running = true } }).ShouldBe(RunStrategy.Always);
        RunStrategies.Of(machine with { Spec = machine.Spec with { Running = false } }).ShouldBe(RunStrategy.Halted);
        RunStrategies.Of(Samples.Machine(RunStrategy.Manual)).ShouldBe(RunStrategy.Manual);
    }

    [Fact]
    public void A_machine_that_says_nothing_is_refused_by_name_of_the_field()
    {
        var step = Decide(Samples.Machine(strategy: null), null).Step.ShouldBeOfType<RunStep.Refuse>();

        step.Reason.ShouldBe("FailedCreate");
        step.Message.ShouldContain("spec.runStrategy");
    }

    [Fact]
    public void RerunOnFailure_starts_when_a_machine_comes_to_it()
    {
        var machine = Samples.Machine(RunStrategy.RerunOnFailure);

        Decide(machine with { Status = null }, null).Step.ShouldBeOfType<RunStep.Start>();
        Decide(machine with { Status = new() { RunStrategy = RunStrategy.Halted } }, null)
            .Step.ShouldBeOfType<RunStep.Start>();
        Decide(machine, null).Step.ShouldBeOfType<RunStep.None>();
    }

    [Fact]
    public void A_start_that_asks_for_a_pause_starts_paused()
    {
        var machine = Asked(
            Samples.Machine(RunStrategy.Manual),
            new VirtualMachineStateChangeRequest
            {
                Action = "Start",
                Data = new Dictionary<string, string> { ["paused"] = "true" },
            }
        );

        Decide(machine, null).Step.ShouldBe(new RunStep.Start(Paused: true));
        Decide(Asked(machine, StateChangeRequests.Start), null).Step.ShouldBe(new RunStep.Start(Paused: false));
    }

    [Fact]
    public void An_instance_is_deleted_by_its_identity()
    {
        Decide(Samples.Machine(RunStrategy.Halted), Samples.Instance())
            .Step.ShouldBe(new RunStep.Delete(Samples.InstanceUid));
    }

    [Fact]
    public void A_stop_of_another_instance_is_forgotten()
    {
        var machine = Asked(
            Samples.Machine(),
            new VirtualMachineStateChangeRequest { Action = "Stop", Uid = "an-earlier-one" }
        );

        var decision = Decide(machine, Samples.Instance());

        decision.Step.ShouldBeOfType<RunStep.None>();
        decision.StateChangeRequests.ShouldBeEmpty();
    }

    [Fact]
    public void A_stop_that_names_no_instance_is_forgotten()
    {
        var machine = Asked(Samples.Machine(), new VirtualMachineStateChangeRequest { Action = "Stop" });

        Decide(machine, null).StateChangeRequests.ShouldBeEmpty();
    }

    [Fact]
    public void A_start_is_done_once_an_instance_lives()
    {
        var machine = Asked(Samples.Machine(RunStrategy.Manual), StateChangeRequests.Start);

        Decide(machine, Samples.Instance()).StateChangeRequests.ShouldBeEmpty();
        Decide(machine, Deleting(Samples.Instance())).StateChangeRequests.ShouldHaveSingleItem();
        Decide(machine, Samples.Instance(VirtualMachineInstancePhase.Failed))
            .StateChangeRequests.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_restart_stops_the_instance_and_keeps_the_start_until_it_is_gone()
    {
        var machine = Asked(
            Samples.Machine(RunStrategy.Manual),
            new() { Action = "Stop", Uid = Samples.InstanceUid },
            StateChangeRequests.Start
        );

        var first = Decide(machine, Samples.Instance());
        first.Step.ShouldBeOfType<RunStep.Delete>();
        first.StateChangeRequests.Count.ShouldBe(2);
        Decide(machine, null).Step.ShouldBeOfType<RunStep.Start>();
    }

    [Fact]
    public void A_failed_instance_of_RerunOnFailure_leaves_one_start_behind()
    {
        var machine = Samples.Machine(RunStrategy.RerunOnFailure);
        var failed = Samples.Instance(VirtualMachineInstancePhase.Failed);

        var first = Decide(machine, failed);
        first.StateChangeRequests.ShouldHaveSingleItem().Action.ShouldBe("Start");

        var again = Decide(Asked(machine, [.. first.StateChangeRequests]), failed);
        again.StateChangeRequests.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_foreign_instance_is_named_with_its_owner()
    {
        var step = Decide(Samples.Machine(), Samples.Instance(owner: "someone-else"))
            .Step.ShouldBeOfType<RunStep.Refuse>();

        step.Message.ShouldContain("'web' exists and belongs to VirtualMachine 'web'");
    }

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Succeeded, true)]
    [InlineData(VirtualMachineInstancePhase.Failed, true)]
    [InlineData(VirtualMachineInstancePhase.Running, false)]
    [InlineData(VirtualMachineInstancePhase.Pending, false)]
    public void An_instance_is_released_once_it_has_ended(VirtualMachineInstancePhase phase, bool isReleased)
    {
        Decide(Samples.Machine(), Samples.Instance(phase)).ReleasesInstance.ShouldBe(isReleased);
        Decide(Samples.Machine(), Deleting(Samples.Instance(phase))).ReleasesInstance.ShouldBe(isReleased);
    }

    [Fact]
    public void An_instance_that_nobody_holds_is_not_released_again()
    {
        var instance = Samples.Instance(VirtualMachineInstancePhase.Failed);
        var free = instance with { Metadata = instance.Metadata with { Finalizers = [] } };

        Decide(Samples.Machine(), free).ReleasesInstance.ShouldBeFalse();
    }

    [Fact]
    public void An_instance_of_another_is_never_released()
    {
        Decide(Samples.Machine(), Samples.Instance(VirtualMachineInstancePhase.Failed, owner: "someone-else"))
            .ReleasesInstance.ShouldBeFalse();
    }

    [Fact]
    public void A_machine_deleted_without_its_instance_releases_it_running()
    {
        var decision = Decide(Deleted(Samples.Machine(), KubeVirtNames.OrphanFinalizer), Samples.Instance());

        decision.Step.ShouldBeOfType<RunStep.LetGo>();
        decision.ReleasesInstance.ShouldBeTrue();
    }

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Running)]
    [InlineData(VirtualMachineInstancePhase.Succeeded)]
    [InlineData(VirtualMachineInstancePhase.Failed)]
    public void The_instance_that_a_machine_is_shelved_with_goes_however_it_ended(VirtualMachineInstancePhase phase)
    {
        var machine = Shelves.Shelving(Samples.Machine(RunStrategy.Manual));

        Decide(machine, Samples.Instance(phase)).Step.ShouldBe(new RunStep.Delete(Samples.InstanceUid));
    }

    [Fact]
    public void An_instance_is_let_go_once_its_machine_has_the_report_of_its_disks()
    {
        var machine = Shelves.Shelving(Samples.Machine());
        var ended = Deleting(Shelves.Marked(Samples.Instance(VirtualMachineInstancePhase.Succeeded)));

        Decide(machine, ended).ReleasesInstance.ShouldBeFalse();
        Decide(machine, Shelves.Reported(ended)).ReleasesInstance.ShouldBeTrue();
        Decide(Deleted(machine, KubeVirtNames.VirtualMachineFinalizer), ended).ReleasesInstance.ShouldBeTrue();
    }

    private static string Cell(string strategy, string asked, string column)
    {
        var machine = strategy switch
        {
            "deleted" => Deleted(Samples.Machine(), KubeVirtNames.VirtualMachineFinalizer),
            "orphaning" => Deleted(
                Samples.Machine(),
                KubeVirtNames.VirtualMachineFinalizer,
                KubeVirtNames.OrphanFinalizer
            ),
            "shelved" => Samples.Machine() with { Status = new() { Shelved = new() { State = "Shelved" } } },
            _ => Samples.Machine(Enum.Parse<RunStrategy>(strategy)),
        };
        var decision = Decide(Requested(Held(machine, column), asked), Seen(column));
        return decision.Step switch
        {
            RunStep.None => "-",
            RunStep.Start => "start",
            RunStep.Wait => "wait",
            RunStep.Adopt => "adopt",
            RunStep.LetGo => "let-go",
            RunStep.Refuse => "refuse",
            RunStep.Delete => strategy == "RerunOnFailure"
            && column == "failed"
            && decision.StateChangeRequests is [{ Action: "Start" }]
                ? "rerun"
                : "delete",
            var step => throw new InvalidOperationException($"{step}"),
        };
    }

    private static RunDecision Decide(VirtualMachine machine, VirtualMachineInstance? instance) =>
        RunStrategies.Decide(machine, instance, Samples.Now, jitter: 0);
}
