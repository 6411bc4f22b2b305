using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Tests.Rules;

public class VirtualMachineWaitsTests
{
    private static readonly WaitGoal.Running Running = new();

    [Theory]
    [InlineData(RunStrategy.Always, null, "waiting")]
    [InlineData(RunStrategy.Always, Phase.Pending, "waiting")]
    [InlineData(RunStrategy.Always, Phase.Scheduled, "waiting")]
    [InlineData(RunStrategy.Always, Phase.Running, "done Running")]
    [InlineData(RunStrategy.Always, Phase.Failed, "waiting")]
    [InlineData(RunStrategy.Always, Phase.Succeeded, "waiting")]
    [InlineData(RunStrategy.RerunOnFailure, Phase.Failed, "waiting")]
    [InlineData(RunStrategy.RerunOnFailure, Phase.Succeeded, "failed")]
    [InlineData(RunStrategy.Once, Phase.Succeeded, "failed")]
    [InlineData(RunStrategy.Manual, Phase.Failed, "failed")]
    [InlineData(RunStrategy.Halted, null, "waiting")]
    public void A_start_is_over_when_a_guest_runs_or_none_will(RunStrategy strategy, Phase? phase, string decision) =>
        Decide(Running, Samples.Machine(strategy), Instance(phase)).ShouldStartWith(decision);

    [Theory]
    [InlineData(RunStrategy.Always, null, "waiting")]
    [InlineData(RunStrategy.Always, Phase.Succeeded, "waiting")]
    [InlineData(RunStrategy.Halted, null, "done Stopped")]
    [InlineData(RunStrategy.Halted, Phase.Running, "waiting")]
    [InlineData(RunStrategy.Halted, Phase.Failed, "done Stopped")]
    [InlineData(RunStrategy.Manual, Phase.Succeeded, "done Stopped")]
    [InlineData(RunStrategy.RerunOnFailure, Phase.Failed, "waiting")]
    [InlineData(RunStrategy.RerunOnFailure, Phase.Succeeded, "done Stopped")]
    [InlineData(RunStrategy.Once, null, "waiting")]
    [InlineData(RunStrategy.Once, Phase.Succeeded, "done Stopped")]
    public void A_stop_is_over_when_no_guest_runs_and_none_will(RunStrategy strategy, Phase? phase, string decision) =>
        Decide(new WaitGoal.Stopped(), Samples.Machine(strategy), Instance(phase)).ShouldStartWith(decision);

    [Theory]
    [InlineData(null, false, "failed")]
    [InlineData("Shelving", false, "waiting")]
    [InlineData("Shelved", false, "done")]
    [InlineData("Shelved", true, "waiting")]
    [InlineData("Offloading", false, "done")]
    [InlineData("Offloading", true, "waiting")]
    [InlineData("ShelvedOffloaded", true, "done")]
    public void Being_on_the_shelf_is_the_machine_s_to_say(string? state, bool offloaded, string outcome)
    {
        var machine = Shelves.In(Samples.Machine(), state is null ? null : new() { State = state });

        Word(VirtualMachineWaits.Decide(new WaitGoal.Shelved(offloaded), machine, null)).ShouldBe(outcome);
    }

    [Theory]
    [InlineData("Shelving", "waiting")]
    [InlineData("Shelved", "done")]
    public void A_machine_is_stopped_once_its_disks_are_saved(string state, string outcome)
    {
        var machine = Shelves.In(Samples.Machine(), new() { State = state });

        Word(VirtualMachineWaits.Decide(new WaitGoal.Stopped(), machine, null)).ShouldBe(outcome);
        Word(VirtualMachineWaits.Decide(new WaitGoal.Running(), machine, null)).ShouldBe("failed");
    }

    [Theory]
    [InlineData(RunStrategy.Always, null, "waiting")]
    [InlineData(RunStrategy.Halted, null, "done")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Running, "done")]
    public void A_machine_is_back_when_it_is_what_its_strategy_says(
        RunStrategy strategy,
        VirtualMachineInstancePhase? phase,
        string outcome
    )
    {
        var instance = phase is null ? null : Samples.Instance(phase);

        Word(VirtualMachineWaits.Decide(new WaitGoal.Back(), Samples.Machine(strategy), instance)).ShouldBe(outcome);
    }

    private static string Word(WaitDecision decision) =>
        decision switch
        {
            WaitDecision.Done => "done",
            WaitDecision.Failed => "failed",
            _ => "waiting",
        };

    [Fact]
    public void A_restart_is_over_only_when_another_instance_runs()
    {
        var goal = new WaitGoal.Running(Samples.InstanceUid);
        var old = Samples.Instance();
        var next = old with { Metadata = old.Metadata with { Uid = "another" } };

        Decide(goal, Samples.Machine(), old).ShouldStartWith("waiting");
        Decide(goal, Samples.Machine(), next).ShouldBe("done Running");
    }

    [Fact]
    public void The_instance_that_is_to_be_replaced_is_no_failure()
    {
        var machine = Situations.Asked(Samples.Machine(RunStrategy.Manual), StateChangeRequests.Start);

        Decide(new WaitGoal.Running(Samples.InstanceUid), machine, Instance(Phase.Failed)).ShouldStartWith("waiting");
        Decide(new WaitGoal.Stopped(), machine, Instance(Phase.Failed)).ShouldStartWith("waiting");
    }

    [Theory]
    [InlineData("PodScheduled", "Unschedulable", "failed ErrorUnschedulable: no room")]
    [InlineData("Synchronized", "ErrImagePull", "failed ErrImagePull: no room")]
    [InlineData("Synchronized", "ImagePullBackOff", "failed ImagePullBackOff: no room")]
    [InlineData("Synchronized", "Another", "waiting")]
    public void What_holds_up_a_start_ends_the_wait_with_its_reason(string type, string reason, string decision) =>
        Decide(Running, Samples.Machine(), With(Instance(Phase.Scheduling)!, type, "False", reason, "no room"))
            .ShouldStartWith(decision);

    [Fact]
    public void A_crash_loop_ends_the_wait_but_not_one_from_before_the_start()
    {
        var machine = Samples.Machine();
        machine = machine with
        {
            Status = new()
            {
                PrintableStatus = "CrashLoopBackOff",
                StartFailure = new() { ConsecutiveFailCount = 3 },
            },
        };

        Decide(Running, machine, null).ShouldBe("failed CrashLoopBackOff: it failed to start 3 times in a row");
        Decide(Running, Situations.Asked(machine, StateChangeRequests.Start), null).ShouldStartWith("waiting");
    }

    [Fact]
    public void A_paused_guest_runs_only_for_who_counts_it()
    {
        var paused = With(Samples.Instance(), "Paused", "True", "PausedByUser");

        Decide(Running, Samples.Machine(), paused).ShouldStartWith("waiting");
        Decide(new WaitGoal.Running(OrPaused: true), Samples.Machine(), paused).ShouldBe("done Paused");
        Decide(new WaitGoal.Paused(), Samples.Machine(), paused).ShouldBe("done Paused");
        Decide(new WaitGoal.Unpaused(), Samples.Machine(), paused).ShouldStartWith("waiting");
        Decide(new WaitGoal.Unpaused(), Samples.Machine(), Samples.Instance()).ShouldBe("done Running");
        Decide(new WaitGoal.Paused(), Samples.Machine(), Samples.Instance()).ShouldStartWith("waiting");
    }

    [Theory]
    [InlineData(-1, "waiting")]
    [InlineData(0, "waiting")]
    [InlineData(1, "done Rebooted GuestRequest")]
    public void Only_a_later_reboot_counts(int secondsAfter, string decision) =>
        Decide(
                new WaitGoal.Rebooted(Samples.Now),
                Samples.Machine(),
                With(Samples.Instance(), "GuestRebooted", "True", "GuestRequest", at: secondsAfter)
            )
            .ShouldStartWith(decision);

    [Fact]
    public void A_reboot_that_ended_the_instance_counts_from_the_machine()
    {
        var told = With(Samples.Instance(), "GuestRebooted", "True", "Reset", at: 5).Status!.Conditions;
        var machine = Samples.Machine() with { Status = new() { Conditions = told } };

        Decide(new WaitGoal.Rebooted(Samples.Now), machine, null).ShouldBe("done Rebooted Reset");
        VirtualMachineWaits.NewestReboot(machine, null)!.LastTransitionTime.ShouldBe(Samples.Now.AddSeconds(5));
    }

    [Fact]
    public void A_required_restart_is_told_with_its_fields()
    {
        var machine = Samples.Machine();
        var goal = new WaitGoal.RestartRequired();

        Decide(goal, machine, Samples.Instance()).ShouldStartWith("waiting");
        machine = machine with
        {
            Status = new()
            {
                Conditions =
                [
                    new()
                    {
                        Type = "RestartRequired",
                        Status = "True",
                        Message = "boot order",
                    },
                ],
            },
        };
        Decide(goal, machine, Samples.Instance()).ShouldBe("done boot order");
        Decide(goal, null, Samples.Instance()).ShouldStartWith("failed");
    }

    [Fact]
    public void An_instance_without_a_machine_does_not_come_back()
    {
        Decide(Running, null, null).ShouldStartWith("failed");
        Decide(Running, null, Instance(Phase.Failed)).ShouldStartWith("failed");
        Decide(new WaitGoal.Rebooted(), null, null).ShouldStartWith("failed");
        Decide(new WaitGoal.Stopped(), null, null).ShouldBe("done Stopped");
    }

    private static string Decide(WaitGoal goal, VirtualMachine? machine, VirtualMachineInstance? instance) =>
        VirtualMachineWaits.Decide(goal, machine, instance) switch
        {
            WaitDecision.Done done => $"done {done.State} {done.Source}".TrimEnd(),
            WaitDecision.Failed failed => $"failed {failed.Why}",
            WaitDecision.Waiting waiting => $"waiting {waiting.State}",
            var other => throw new InvalidOperationException($"{other}"),
        };

    private static VirtualMachineInstance? Instance(Phase? phase) => phase is null ? null : Samples.Instance(phase);

    private static VirtualMachineInstance With(
        VirtualMachineInstance instance,
        string type,
        string status,
        string reason,
        string? message = null,
        int at = 0
    ) =>
        instance with
        {
            Status = instance.Status! with
            {
                Conditions =
                [
                    new()
                    {
                        Type = type,
                        Status = status,
                        Reason = reason,
                        Message = message,
                        LastTransitionTime = Samples.Now.AddSeconds(at),
                    },
                ],
            },
        };
}
