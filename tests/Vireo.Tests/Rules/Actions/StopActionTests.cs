using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class StopActionTests
{
    private const string OneStop = $"Stop({Samples.InstanceUid})";

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        ShouldBeWhatIsDecided(
            "StopAction",
            (machine, instance) => VirtualMachineActions.Stop(machine, instance, new()),
            (before, decision) =>
                decision is ActionDecision.Nothing
                    ? "-"
                    : (RunStrategies.Of(Changed(decision)) != RunStrategies.Of(before), Queue(Changed(decision))) switch
                    {
                        (true, "") => "halt",
                        (true, OneStop) => "end",
                        (false, OneStop) => "stop",
                        (false, "") => "forget",
                        var other => throw new InvalidOperationException($"{other}"),
                    }
        );
    }

    [Theory]
    [InlineData(RunStrategy.Always)]
    [InlineData(RunStrategy.Once)]
    public void A_stop_remembers_the_strategy_it_takes_and_a_start_gives_it_back(RunStrategy strategy)
    {
        var halted = Changed(Stop(Situations.Asked(Samples.Machine(strategy), Scenes.Stop, StateChangeRequests.Start)));

        halted.Spec.RunStrategy.ShouldBe(RunStrategy.Halted);
        halted.Status!.RunStrategyBeforeStop.ShouldBe(strategy);
        halted.Status.StateChangeRequests.ShouldBeNull("what was asked before the stop is over");
        Changed(VirtualMachineActions.Start(halted, null, new())).Spec.RunStrategy.ShouldBe(strategy);
    }

    [Fact]
    public void The_old_form_stays_the_old_form()
    {
        var halted = Changed(Stop(OldForm(Samples.Machine(), running: true), Samples.Instance()));

        halted.Spec.Running.ShouldBe(false);
        halted.Spec.RunStrategy.ShouldBeNull();
        halted.Status!.RunStrategyBeforeStop.ShouldBeNull();
    }

    [Theory]
    [InlineData(RunStrategy.Always, "active", 60L, 60L)]
    [InlineData(RunStrategy.Once, "active", 0L, 0L)]
    [InlineData(RunStrategy.Manual, "active", 60L, 60L)]
    [InlineData(RunStrategy.RerunOnFailure, "active", 5L, 5L)]
    [InlineData(RunStrategy.Manual, "active", 30L, null)]
    [InlineData(RunStrategy.Always, "absent", 5L, null)]
    [InlineData(RunStrategy.Always, "succeeded", 5L, null)]
    [InlineData(RunStrategy.Always, "foreign", 5L, null)]
    public void A_grace_period_goes_to_the_instance_that_lives(
        RunStrategy strategy,
        string column,
        long asked,
        long? given
    )
    {
        var (machine, instance) = Find(strategy, column);

        Stop(machine, instance, asked).ShouldBeOfType<ActionDecision.ChangeMachine>().GracePeriod.ShouldBe(given);
    }

    [Theory]
    [InlineData(RunStrategy.Halted, "active")]
    [InlineData(RunStrategy.Halted, "deleting")]
    [InlineData(RunStrategy.Manual, "stopping")]
    [InlineData(RunStrategy.Manual, "deleting")]
    [InlineData(RunStrategy.RerunOnFailure, "stopping")]
    public void What_stops_already_can_be_told_to_hurry(RunStrategy strategy, string column)
    {
        var (machine, instance) = Find(strategy, column);

        Stop(machine, Grace(instance!, 10), 9).ShouldBe(new ActionDecision.ShortenGrace(9));
    }

    [Theory]
    [InlineData(RunStrategy.Manual, "stopping")]
    [InlineData(RunStrategy.Manual, "deleting")]
    [InlineData(RunStrategy.Always, "deleting")]
    public void What_stops_already_gets_no_more_time(RunStrategy strategy, string column)
    {
        var (machine, instance) = Find(strategy, column);

        ShouldBeRefused(
            Stop(machine, Grace(instance!, 10), 11),
            ActionRefusal.Conflict,
            "VM is already stopping: gracePeriod must be shorter than the 10 seconds it has"
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData(30L)]
    [InlineData(31L)]
    public void Under_Halted_only_a_shorter_grace_period_is_taken(long? gracePeriod)
    {
        ShouldBeRefused(
            Stop(Samples.Machine(RunStrategy.Halted), Samples.Instance(), gracePeriod),
            ActionRefusal.Conflict,
            "Halted only supports manual stop requests with a shorter graceperiod"
        );
    }

    [Theory]
    [InlineData(RunStrategy.Halted, "absent")]
    [InlineData(RunStrategy.Halted, "failed")]
    [InlineData(RunStrategy.Manual, "absent")]
    [InlineData(RunStrategy.Manual, "succeeded")]
    [InlineData(RunStrategy.RerunOnFailure, "succeeded")]
    public void What_does_not_run_is_not_stopped(RunStrategy strategy, string column)
    {
        var (machine, instance) = Find(strategy, column);

        ShouldBeRefused(Stop(machine, instance), ActionRefusal.Conflict, "VM is not running");
    }

    [Fact]
    public void A_stop_takes_the_place_of_a_restart()
    {
        var (machine, instance) = Find(RunStrategy.Manual, "restarting");

        Queue(Changed(Stop(machine, instance))).ShouldBe(OneStop);
    }

    [Fact]
    public void A_stop_keeps_a_failed_instance_from_being_run_again()
    {
        var machine = Samples.Machine(RunStrategy.RerunOnFailure);
        var failed = Ended(VirtualMachineInstancePhase.Failed);

        var stopped = Changed(Stop(machine, failed));

        var next = RunStrategies.Decide(stopped, failed, Samples.Now, 0);
        next.Step.ShouldBeOfType<RunStep.Delete>();
        next.StateChangeRequests.ShouldNotContain(request => request.Action == "Start");

        var rerunning = Situations.Asked(machine, StateChangeRequests.Start);
        Queue(Changed(Stop(rerunning, Situations.Deleting(failed)))).ShouldBe("");
    }

    [Fact]
    public void A_negative_grace_period_makes_no_sense_at_any_time()
    {
        ShouldBeRefused(
            Stop(Situations.Deleted(Samples.Machine()), null, -1),
            ActionRefusal.BadRequest,
            "gracePeriod: -1 must not be negative; 0 gives the guest no time to shut down."
        );
    }

    [Fact]
    public void A_machine_that_is_being_deleted_stops_by_itself()
    {
        ShouldBeRefused(
            Stop(Situations.Deleted(Samples.Machine()), Samples.Instance()),
            ActionRefusal.Conflict,
            "The VirtualMachine is being deleted."
        );
    }

    private static ActionDecision Stop(
        VirtualMachine machine,
        VirtualMachineInstance? instance = null,
        long? gracePeriod = null
    ) => VirtualMachineActions.Stop(machine, instance, new() { GracePeriod = gracePeriod });
}
