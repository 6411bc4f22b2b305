using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class PrintableStatusTests
{
    [Theory]
    [InlineData(RunStrategy.Halted, null, "Stopped")]
    [InlineData(RunStrategy.Always, null, "Starting")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Pending, "Starting")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Scheduling, "Starting")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Scheduled, "Starting")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Running, "Running")]
    [InlineData(RunStrategy.Halted, VirtualMachineInstancePhase.Running, "Stopping")]
    [InlineData(RunStrategy.Manual, VirtualMachineInstancePhase.Succeeded, "Stopped")]
    [InlineData(RunStrategy.Manual, VirtualMachineInstancePhase.Failed, "Stopped")]
    [InlineData(RunStrategy.Always, VirtualMachineInstancePhase.Unknown, "Unknown")]
    public void A_phase_has_its_word(RunStrategy strategy, VirtualMachineInstancePhase? phase, string word)
    {
        Of(Samples.Machine(strategy), phase is null ? null : Samples.Instance(phase)).ShouldBe(word);
    }

    [Fact]
    public void An_instance_without_a_phase_is_starting()
    {
        Of(Samples.Machine(), Samples.Instance(phase: null)).ShouldBe("Starting");
    }

    [Fact]
    public void A_machine_that_is_being_deleted_is_terminating_whatever_else()
    {
        var machine = Samples.Machine();
        machine = machine with { Metadata = machine.Metadata with { DeletionTimestamp = Samples.Now } };

        Of(machine, Samples.Instance()).ShouldBe("Terminating");
        Of(machine, null).ShouldBe("Terminating");
    }

    [Fact]
    public void An_instance_that_goes_is_stopping_until_it_has_ended()
    {
        Of(Samples.Machine(), Deleting(Samples.Instance())).ShouldBe("Stopping");
        Of(Samples.Machine(RunStrategy.Manual), Deleting(Samples.Instance(VirtualMachineInstancePhase.Succeeded)))
            .ShouldBe("Stopped");
    }

    [Fact]
    public void A_paused_guest_is_paused_only_while_it_runs()
    {
        Of(Samples.Machine(), With("Paused", "True", "PausedByUser")).ShouldBe("Paused");
        Of(Samples.Machine(), With("Paused", "False", "PausedByUser")).ShouldBe("Running");
        Of(Samples.Machine(), With("Paused", "True", "PausedByUser", VirtualMachineInstancePhase.Scheduled))
            .ShouldBe("Starting");
    }

    [Theory]
    [InlineData("PodScheduled", "Unschedulable", "ErrorUnschedulable")]
    [InlineData("Synchronized", "ErrImagePull", "ErrImagePull")]
    [InlineData("Synchronized", "ImagePullBackOff", "ImagePullBackOff")]
    [InlineData("Synchronized", "AnotherReason", "Starting")]
    public void What_holds_up_a_start_is_named(string type, string reason, string word)
    {
        Of(Samples.Machine(), With(type, "False", reason, VirtualMachineInstancePhase.Scheduling)).ShouldBe(word);
        Of(Samples.Machine(), With(type, "True", reason, VirtualMachineInstancePhase.Scheduling)).ShouldBe("Starting");
    }

    [Theory]
    [InlineData(RunStrategy.Always, "CrashLoopBackOff")]
    [InlineData(RunStrategy.RerunOnFailure, "CrashLoopBackOff")]
    [InlineData(RunStrategy.Halted, "Stopped")]
    public void Failures_to_start_show_between_the_tries(RunStrategy strategy, string word)
    {
        var machine = Samples.Machine(strategy);
        machine = machine with
        {
            Status = machine.Status! with
            {
                StartFailure = new() { ConsecutiveFailCount = 1, RetryAfterTimestamp = Samples.Now.AddSeconds(9) },
            },
        };

        Of(machine, null).ShouldBe(word);
    }

    [Fact]
    public void A_failed_start_shows_before_its_instance_is_gone()
    {
        Of(Samples.Machine(), Samples.Instance(VirtualMachineInstancePhase.Failed)).ShouldBe("CrashLoopBackOff");
    }

    private static string Of(VirtualMachine machine, VirtualMachineInstance? instance) =>
        PrintableStatus.Of(machine, instance, RunStrategies.Decide(machine, instance, Samples.Now, 0));

    private static VirtualMachineInstance With(
        string type,
        string status,
        string reason,
        VirtualMachineInstancePhase phase = VirtualMachineInstancePhase.Running
    )
    {
        var instance = Samples.Instance(phase);
        return instance with
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
                    },
                ],
            },
        };
    }

    private static VirtualMachineInstance Deleting(VirtualMachineInstance instance) =>
        instance with
        {
            Metadata = instance.Metadata with { DeletionTimestamp = Samples.Now },
        };
}
