using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Actions;

/// <summary>Actions and the controller's decisions in turn, until nothing moves.</summary>
public class ActionsConvergenceTests
{
    private VirtualMachine _machine = Samples.Machine();
    private VirtualMachineInstance? _instance;
    private int _runs;

    public static IEnumerable<TheoryDataRow<RunStrategy, int>> EveryMoment() =>
        from strategy in new[] { RunStrategy.Always, RunStrategy.Once, RunStrategy.Manual, RunStrategy.RerunOnFailure }
        from passes in Enumerable.Range(0, 6)
        select new TheoryDataRow<RunStrategy, int>(strategy, passes);

    [Theory]
    [MemberData(nameof(EveryMoment))]
    public void A_start_at_any_moment_after_a_stop_gives_a_new_run_under_the_old_strategy(
        RunStrategy strategy,
        int passes
    )
    {
        GivenARun(strategy);

        Do(VirtualMachineActions.Stop(_machine, _instance, new()));
        Pass(passes);
        Do(VirtualMachineActions.Start(_machine, _instance, new() { Paused = true }));
        Settle();

        _runs.ShouldBe(2);
        _instance!.Spec.StartStrategy.ShouldBe("Paused");
        _machine.Spec.RunStrategy.ShouldBe(strategy);
        _machine.Status!.StateChangeRequests.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(EveryMoment))]
    public void A_stop_at_any_moment_after_a_start_leaves_nothing_running(RunStrategy strategy, int passes)
    {
        GivenARun(strategy);
        Do(VirtualMachineActions.Stop(_machine, _instance, new()));
        Settle();
        _instance.ShouldBeNull();

        Do(VirtualMachineActions.Start(_machine, _instance, new()));
        Pass(passes);
        Do(VirtualMachineActions.Stop(_machine, _instance, new()));
        Settle();

        _instance.ShouldBeNull();
        _machine.Status!.StateChangeRequests.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(EveryMoment))]
    public void Two_restarts_are_one_when_the_second_comes_before_the_new_run(RunStrategy strategy, int passes)
    {
        if (strategy is RunStrategy.Once)
        {
            return;
        }

        GivenARun(strategy);
        Do(VirtualMachineActions.Restart(_machine, _instance, new()));
        Pass(passes);
        if (_instance is { Metadata.Uid: "run-1" })
        {
            Do(VirtualMachineActions.Restart(_machine, _instance, new()));
        }

        Settle();

        _runs.ShouldBe(2);
        _instance.ShouldNotBeNull();
        _machine.Status!.StateChangeRequests.ShouldBeNull();
    }

    [Fact]
    public void A_start_that_was_asked_for_is_not_lost_under_Halted()
    {
        _machine = Situations.Asked(Samples.Machine(RunStrategy.Halted), StateChangeRequests.Start);

        Settle();
        _instance.ShouldBeNull();
        _machine = _machine with { Spec = _machine.Spec with { RunStrategy = RunStrategy.Manual } };
        Settle();

        _instance.ShouldNotBeNull();
    }

    private void GivenARun(RunStrategy strategy)
    {
        _machine = Samples.Machine(strategy);
        _machine = Situations.Asked(_machine, StateChangeRequests.Start);
        Settle();
        _runs.ShouldBe(1);
    }

    private void Do(ActionDecision decision)
    {
        if (decision is ActionDecision.Nothing)
        {
            return;
        }

        _machine = decision.ShouldBeOfType<ActionDecision.ChangeMachine>().Machine;
    }

    private void Settle() => Pass(12);

    private void Pass(int passes)
    {
        for (var pass = 0; pass < passes; pass++)
        {
            var decision = RunStrategies.Decide(_machine, _instance, Samples.Now, 0);
            _machine = _machine with
            {
                Status = VirtualMachineStatuses.Of(_machine, _instance, decision, null, Samples.Now),
            };
            _instance = decision.Step switch
            {
                RunStep.Start start => Run(start.Paused),
                RunStep.Delete delete when delete.Uid == _instance!.Metadata.Uid => Situations.Deleting(_instance),
                RunStep.None when _instance?.Metadata.DeletionTimestamp is not null => null,
                RunStep.None => _instance,
                var step => throw new InvalidOperationException($"{step}"),
            };
        }
    }

    private VirtualMachineInstance Run(bool paused)
    {
        _runs++;
        var instance = Samples.Instance();
        return instance with
        {
            Metadata = instance.Metadata with { Uid = $"run-{_runs}" },
            Spec = instance.Spec with { StartStrategy = paused ? "Paused" : null },
        };
    }
}
