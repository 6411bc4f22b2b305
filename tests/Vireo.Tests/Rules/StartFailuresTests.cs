using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules;

public class StartFailuresTests
{
    private static readonly VirtualMachineInstance NeverRan = Samples.Instance(VirtualMachineInstancePhase.Failed);

    [Fact]
    public void An_instance_that_ended_without_having_run_counts_once()
    {
        var machine = Samples.Machine();

        var first = Next(machine, NeverRan);
        first.ShouldBe(
            new()
            {
                ConsecutiveFailCount = 1,
                LastFailedVMIUID = Samples.InstanceUid,
                RetryAfterTimestamp = Samples.Now.AddSeconds(10),
            }
        );
        Next(After(machine, first), NeverRan).ShouldBe(first);
        Next(After(machine, first), null).ShouldBe(first);
    }

    [Fact]
    public void The_next_instance_that_fails_counts_on()
    {
        var machine = After(Samples.Machine(), new() { ConsecutiveFailCount = 1, LastFailedVMIUID = "an-earlier-one" });

        Next(machine, NeverRan)!.ConsecutiveFailCount.ShouldBe(2);
        Next(machine, NeverRan)!.RetryAfterTimestamp.ShouldBe(Samples.Now.AddSeconds(40));
    }

    [Fact]
    public void A_guest_that_ran_is_no_failure_to_start_and_clears_the_count()
    {
        var machine = After(Samples.Machine(), new() { ConsecutiveFailCount = 4 });
        var ran = NeverRan with
        {
            Status = NeverRan.Status! with
            {
                PhaseTransitionTimestamps =
                [
                    new() { Phase = VirtualMachineInstancePhase.Pending },
                    new() { Phase = VirtualMachineInstancePhase.Running },
                ],
            },
        };

        Next(machine, ran).ShouldBeNull();
        Next(machine, Samples.Instance(VirtualMachineInstancePhase.Running)).ShouldBeNull();
    }

    [Theory]
    [InlineData(VirtualMachineInstancePhase.Pending)]
    [InlineData(VirtualMachineInstancePhase.Scheduling)]
    [InlineData(VirtualMachineInstancePhase.Scheduled)]
    public void An_instance_on_its_way_changes_nothing(VirtualMachineInstancePhase phase)
    {
        var failure = new VirtualMachineStartFailure { ConsecutiveFailCount = 2 };

        Next(After(Samples.Machine(), failure), Samples.Instance(phase)).ShouldBe(failure);
        Next(Samples.Machine(), Samples.Instance(phase)).ShouldBeNull();
    }

    [Fact]
    public void An_instance_that_somebody_deleted_before_it_ran_is_no_failure()
    {
        var deleted = NeverRan with { Metadata = NeverRan.Metadata with { DeletionTimestamp = Samples.Now } };

        Next(Samples.Machine(), deleted).ShouldBeNull();
    }

    [Theory]
    [InlineData(RunStrategy.Always, true)]
    [InlineData(RunStrategy.RerunOnFailure, true)]
    [InlineData(RunStrategy.Once, true)]
    [InlineData(RunStrategy.Manual, false)]
    [InlineData(RunStrategy.Halted, false)]
    public void Only_strategies_that_start_by_themselves_count(RunStrategy strategy, bool counts)
    {
        (Next(Samples.Machine(strategy), NeverRan) is not null).ShouldBe(counts);
    }

    [Theory]
    [InlineData(1, 0, 10)]
    [InlineData(1, 1, 15)]
    [InlineData(2, 0, 40)]
    [InlineData(2, 0.5, 50)]
    [InlineData(3, 0, 90)]
    [InlineData(5, 0, 250)]
    [InlineData(5, 1, 300)]
    [InlineData(6, 0, 300)]
    [InlineData(1000000, 1, 300)]
    public void The_pause_grows_with_the_square_and_ends_at_five_minutes(int failures, double jitter, int seconds)
    {
        StartFailures.PauseAfter(failures, jitter).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void The_pause_ends_at_its_time()
    {
        var failure = new VirtualMachineStartFailure
        {
            ConsecutiveFailCount = 1,
            RetryAfterTimestamp = Samples.Now.AddSeconds(5),
        };
        var machine = After(Samples.Machine(), failure);

        RunStrategies.Decide(machine, null, Samples.Now, 0).Step.ShouldBe(new RunStep.Wait(Samples.Now.AddSeconds(5)));
        RunStrategies.Decide(machine, null, Samples.Now.AddSeconds(5), 0).Step.ShouldBeOfType<RunStep.Start>();
    }

    private static VirtualMachineStartFailure? Next(VirtualMachine machine, VirtualMachineInstance? instance) =>
        StartFailures.Next(machine, instance, Samples.Now, jitter: 0);

    private static VirtualMachine After(VirtualMachine machine, VirtualMachineStartFailure? failure) =>
        machine with
        {
            Status = machine.Status! with { StartFailure = failure },
        };
}
