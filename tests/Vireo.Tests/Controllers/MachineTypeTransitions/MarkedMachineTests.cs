using Vireo.Api;
using Vireo.Controllers.MachineTypeTransitions;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Controllers.MachineTypeTransitions;

/// <summary>Where a machine is that a transition has changed, row by row.</summary>
public sealed class MarkedMachineTests
{
    private const string Uid = "5b7d1b0e-8b4d-4f2c-9a38-0d7f6f7c1c11";
    private const string First = "9f0d3c52-2d7e-4b57-8f57-0c4c9f3d7a10";
    private const string Next = "0a52c8c4-93a1-4a2c-8c6e-3a1f4f9a7b22";
    private const string Old = "pc-q35-6.2";
    private const string New = "pc-q35-7.2";

    [Theory]
    // Whether the transition restarts; what came of it, why, and the next step.
    [InlineData(false, "RestartRequired", "AwaitsRestart", "None")]
    [InlineData(true, "Waiting", "AwaitsPlace", "Restart")]
    public void It_runs_with_its_old_type(bool restartsNow, string outcome, string reason, string step) =>
        ShouldBe(Sight(RunStrategy.Always, First, Old), Mark(First), restartsNow, outcome, reason, step);

    [Theory]
    [InlineData(RunStrategy.Always, "Waiting", "AwaitsPlace", "Restart")]
    [InlineData(RunStrategy.RerunOnFailure, "Waiting", "AwaitsPlace", "Restart")]
    [InlineData(RunStrategy.Manual, "Waiting", "AwaitsPlace", "Restart")]
    [InlineData(RunStrategy.Once, "Waiting", "AwaitsPlace", "Stop")]
    [InlineData(RunStrategy.Halted, "RestartRequired", "Stopping", "None")]
    public void How_it_is_restarted_is_a_matter_of_its_strategy(
        RunStrategy strategy,
        string outcome,
        string reason,
        string step
    ) => ShouldBe(Sight(strategy, First, Old), Mark(First), true, outcome, reason, step);

    [Theory]
    // What is in the way of a restart.
    [InlineData("stopping", true, "Restarting", "Stopping")]
    [InlineData("stopping", false, "RestartRequired", "Stopping")]
    [InlineData("lost", true, "RestartRequired", "HostAway")]
    [InlineData("paused", true, "RestartRequired", "Paused")]
    [InlineData("migrating", true, "RestartRequired", "Migrating")]
    public void It_is_not_restarted_while_something_else_goes_on(
        string state,
        bool restartsNow,
        string outcome,
        string reason
    )
    {
        var sight = Sight(RunStrategy.Always, First, Old);
        var alive = sight.Named!;
        sight = state switch
        {
            "stopping" => sight with
            {
                Named = alive with { Metadata = alive.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } },
            },
            "lost" => sight with { Named = alive with { Status = alive.Status! with { Phase = Phase.Unknown } } },
            "paused" => sight with
            {
                Named = alive with
                {
                    Status = alive.Status! with { Conditions = [new() { Type = "Paused", Status = "True" }] },
                },
            },
            _ => sight with { Machine = sight.Machine with { Status = new() { PrintableStatus = "Migrating" } } },
        };

        ShouldBe(sight, Mark(First), restartsNow, outcome, reason);
    }

    [Theory]
    // The instance that runs with the new type, and its phase.
    [InlineData(First, Phase.Running, false, "Updated", "Running")]
    [InlineData(Next, Phase.Running, false, "Updated", "Restarted")]
    [InlineData(Next, Phase.Running, true, "Updated", "Restarted")]
    [InlineData(Next, Phase.Scheduling, true, "Restarting", "Starting")]
    [InlineData(Next, Phase.Scheduling, false, "Updated", "Restarted")]
    public void It_runs_with_its_new_type(
        string instance,
        Phase phase,
        bool restartsNow,
        string outcome,
        string reason
    ) => ShouldBe(Sight(RunStrategy.Always, instance, New, phase), Mark(First), restartsNow, outcome, reason);

    [Theory]
    [InlineData(Next, Phase.Scheduling, New)]
    [InlineData(null, null, null)]
    public void It_was_restarted_and_does_not_come_up(string? instance, Phase? phase, string? runs)
    {
        var sight = Sight(RunStrategy.Always, instance, runs, phase ?? Phase.Running);
        sight = sight with { Machine = sight.Machine with { Status = new() { PrintableStatus = "CrashLoopBackOff" } } };

        ShouldBe(sight, Mark(First), true, "Failed", "CrashLoopBackOff");
    }

    [Fact]
    public void It_was_restarted_and_runs_with_another_type_all_the_same() =>
        ShouldBe(Sight(RunStrategy.Always, Next, Old), Mark(First), true, "Failed", "NotInEffect");

    [Fact]
    public void It_was_off_when_it_was_changed_and_was_started_from_the_old_type_meanwhile() =>
        ShouldBe(
            Sight(RunStrategy.Always, Next, Old),
            Mark(null),
            false,
            "RestartRequired",
            "StartedMeanwhile",
            "Label"
        );

    [Theory]
    // Strategy; what it ran with when it was changed; whether the transition restarts.
    [InlineData(RunStrategy.Halted, null, true, "Updated", "Stopped")]
    [InlineData(RunStrategy.Halted, First, true, "Updated", "Stopped")]
    [InlineData(RunStrategy.Always, First, true, "Restarting", "Starting")]
    [InlineData(RunStrategy.Always, First, false, "Updated", "Stopped")]
    [InlineData(RunStrategy.Always, null, true, "Updated", "Stopped")]
    public void It_does_not_run(
        RunStrategy strategy,
        string? before,
        bool restartsNow,
        string outcome,
        string reason
    ) => ShouldBe(Sight(strategy, null, null), Mark(before), restartsNow, outcome, reason);

    [Fact]
    public void What_was_stopped_for_it_is_started_again() =>
        ShouldBe(
            Sight(RunStrategy.Halted, null, null),
            Mark(First) with
            {
                Resume = "Once",
            },
            true,
            "Restarting",
            "Stopped",
            "Start"
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_template_that_somebody_changed_since_is_theirs(bool runs)
    {
        var sight = Sight(RunStrategy.Always, runs ? First : null, runs ? Old : null);
        sight = sight with { Machine = VirtualMachines.MachineTypeRoom.WithType(sight.Machine, "pc-q35-8.2") };

        ShouldBe(sight, Mark(First), true, "Unchanged", "EditedSince");
    }

    [Fact]
    public void An_instance_of_another_owner_is_not_its_guest()
    {
        var sight = Sight(RunStrategy.Halted, First, Old);
        sight = sight with
        {
            Named = sight.Named! with
            {
                Metadata = new() { Name = "vm", Uid = First },
            },
        };

        ShouldBe(sight, Mark(null), true, "Updated", "Stopped");
    }

    private static void ShouldBe(
        MachineSight sight,
        TransitionMark mark,
        bool restartsNow,
        string outcome,
        string reason,
        string step = "None"
    )
    {
        var verdict = MarkedMachine.Judge(sight, mark, restartsNow);

        (verdict.Outcome.Outcome, verdict.Outcome.Reason, $"{verdict.Step}").ShouldBe((outcome, reason, step));
        verdict.Outcome.Message.ShouldNotBeNullOrEmpty();
        (verdict.Outcome.From, verdict.Outcome.To).ShouldBe((mark.From, mark.To));
        verdict.Restarts.ShouldBe(step is "Restart" or "Stop");
    }

    private static TransitionMark Mark(string? instance) =>
        new()
        {
            Uid = "t",
            Name = "fleet",
            Template = Old,
            From = Old,
            To = New,
            Instance = instance,
        };

    private static MachineSight Sight(RunStrategy strategy, string? instance, string? runs, Phase phase = Phase.Running)
    {
        var machine = VirtualMachines.MachineTypeRoom.WithType(Objects.Machine("vm", "default", strategy), New);
        machine = machine with { Metadata = machine.Metadata with { Uid = Uid } };
        return new(machine, instance is null ? null : Instance(machine, instance, runs, phase));
    }

    private static VirtualMachineInstance Instance(VirtualMachine machine, string uid, string? runs, Phase phase)
    {
        var instance = Objects.Instance("vm", "default");
        return instance with
        {
            Metadata = instance.Metadata with { Uid = uid, OwnerReferences = [Objects.Owner(machine)] },
            Status = new() { Phase = phase, Machine = runs is null ? null : new() { Type = runs } },
        };
    }
}
