using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Actions.Scenes;

namespace Vireo.Tests.Rules.Actions;

public class StartActionTests
{
    private const string Again = $"Stop({Samples.InstanceUid}), Start";

    [Fact]
    public void The_table_in_the_doc_comment_is_what_is_decided()
    {
        ShouldBeWhatIsDecided(
            "StartAction",
            (machine, instance) => VirtualMachineActions.Start(machine, instance, new()),
            (before, decision) =>
                (RunStrategies.Of(Changed(decision)) != RunStrategies.Of(before), Queue(Changed(decision))) switch
                {
                    (true, "") => "run",
                    (true, Again) => "run-again",
                    (false, "Start") => "start",
                    (false, Again) => "again",
                    var other => throw new InvalidOperationException($"{other}"),
                }
        );
    }

    [Theory]
    [InlineData(RunStrategy.Once, RunStrategy.Once)]
    [InlineData(RunStrategy.Always, RunStrategy.Always)]
    [InlineData(null, RunStrategy.Always)]
    [InlineData(RunStrategy.Halted, RunStrategy.Always)]
    public void A_halted_machine_gets_the_strategy_back_that_a_stop_took(RunStrategy? before, RunStrategy after)
    {
        var halted = Samples.Machine(RunStrategy.Halted);
        halted = halted with { Status = halted.Status! with { RunStrategyBeforeStop = before } };

        var machine = Changed(Start(halted));

        machine.Spec.RunStrategy.ShouldBe(after);
        machine.Status!.RunStrategyBeforeStop.ShouldBeNull();
        machine.Status.StateChangeRequests.ShouldBeNull();
    }

    [Fact]
    public void The_old_form_stays_the_old_form()
    {
        var halted = OldForm(Samples.Machine(), running: false);
        halted = halted with { Status = new() { RunStrategyBeforeStop = RunStrategy.Once } };

        var machine = Changed(Start(halted));

        machine.Spec.Running.ShouldBe(true);
        machine.Spec.RunStrategy.ShouldBeNull();
        machine.Status!.RunStrategyBeforeStop.ShouldBeNull();
    }

    [Fact]
    public void A_paused_start_of_a_halted_machine_is_one_change_of_strategy_and_request()
    {
        var machine = Changed(
            VirtualMachineActions.Start(Samples.Machine(RunStrategy.Halted), null, new() { Paused = true })
        );

        machine.Spec.RunStrategy.ShouldBe(RunStrategy.Always);
        Queue(machine).ShouldBe("Start paused");
        RunStrategies.Decide(machine, null, Samples.Now, 0).Step.ShouldBe(new RunStep.Start(Paused: true));
    }

    [Fact]
    public void The_same_start_is_not_asked_for_twice_but_another_replaces_it()
    {
        var (machine, _) = Find(RunStrategy.Manual, "to-come");

        Start(machine).ShouldBe(new ActionDecision.Nothing());
        Queue(Changed(VirtualMachineActions.Start(machine, null, new() { Paused = true }))).ShouldBe("Start paused");

        var (restarting, instance) = Find(RunStrategy.Manual, "restarting");
        Start(restarting, instance).ShouldBe(new ActionDecision.Nothing());
    }

    [Theory]
    [InlineData(RunStrategy.Manual)]
    [InlineData(RunStrategy.RerunOnFailure)]
    [InlineData(RunStrategy.Halted)]
    public void A_start_does_not_wait_for_the_pause_after_failures(RunStrategy strategy)
    {
        var machine = Situations.Asked(Samples.Machine(strategy), StateChangeRequests.Start);

        Changed(Start(Situations.Held(machine, "held"))).Status!.StartFailure.ShouldBeNull();
    }

    [Theory]
    [InlineData(RunStrategy.Always, "active", "VM is already running")]
    [InlineData(RunStrategy.Manual, "active", "VM is already running")]
    [InlineData(RunStrategy.Halted, "orphan", "VM is already running")]
    [InlineData(RunStrategy.Always, "absent", "Always does not support manual start requests")]
    [InlineData(RunStrategy.Once, "succeeded", "Once does not support manual start requests")]
    [InlineData(RunStrategy.RerunOnFailure, "failed", "RerunOnFailure does not support starting VM from failed state")]
    [InlineData(
        RunStrategy.Manual,
        "foreign",
        "VirtualMachineInstance 'web' exists and belongs to VirtualMachine 'web': delete it, or give this "
            + "VirtualMachine another name."
    )]
    [InlineData(RunStrategy.Manual, "lost", "Host 'host-1' does not report: whether the VM runs is not known")]
    public void A_refusal_says_why(RunStrategy strategy, string column, string message)
    {
        var (machine, instance) = Find(strategy, column);
        instance = instance is null ? null : instance with { Status = instance.Status! with { NodeName = "host-1" } };

        ShouldBeRefused(Start(machine, instance), ActionRefusal.Conflict, message);
    }

    [Fact]
    public void An_instance_of_nobody_that_has_ended_is_named()
    {
        var ended = Ended(VirtualMachineInstancePhase.Failed);
        ended = ended with { Metadata = ended.Metadata with { OwnerReferences = null } };

        ShouldBeRefused(
            Start(Samples.Machine(RunStrategy.Manual), ended),
            ActionRefusal.Conflict,
            "VirtualMachineInstance 'web' has ended and belongs to nobody: start the VirtualMachine once it is gone."
        );
    }

    [Fact]
    public void A_failed_instance_that_was_asked_to_stop_can_be_followed_by_another()
    {
        var machine = Situations.Asked(Samples.Machine(RunStrategy.RerunOnFailure), Stop);

        Queue(Changed(Start(machine, Ended(VirtualMachineInstancePhase.Failed)))).ShouldBe(Again);
    }

    [Fact]
    public void A_machine_that_must_be_recovered_by_hand_does_not_start()
    {
        ShouldBeRefused(
            Start(With(Samples.Machine(RunStrategy.Halted), "ManualRecoveryRequired", "volume 'root' is torn")),
            ActionRefusal.Conflict,
            "VM recovery required: volume 'root' is torn"
        );
        Start(With(Samples.Machine(RunStrategy.Halted), "ManualRecoveryRequired"))
            .ShouldBeOfType<ActionDecision.Refuse>()
            .Message.ShouldContain("volumes");
    }

    [Fact]
    public void A_machine_that_is_being_deleted_does_not_start()
    {
        ShouldBeRefused(
            Start(Situations.Deleted(Samples.Machine(RunStrategy.Halted))),
            ActionRefusal.Conflict,
            "The VirtualMachine is being deleted."
        );
    }

    private static ActionDecision Start(VirtualMachine machine, VirtualMachineInstance? instance = null) =>
        VirtualMachineActions.Start(machine, instance, new());
}
