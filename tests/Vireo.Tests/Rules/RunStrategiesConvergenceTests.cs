using Vireo.Api;
using Vireo.Rules;
using static Vireo.Tests.Rules.Situations;

namespace Vireo.Tests.Rules;

public class RunStrategiesConvergenceTests
{
    public static IEnumerable<TheoryDataRow<RunStrategy, string, string>> EveryState() =>
        from strategy in new[]
        {
            RunStrategy.Always,
            RunStrategy.RerunOnFailure,
            RunStrategy.Manual,
            RunStrategy.Halted,
            RunStrategy.Once,
        }
        from column in new[] { "absent", "active", "succeeded", "failed", "deleting" }
        from asked in new[] { "none", "start", "stop" }
        select new TheoryDataRow<RunStrategy, string, string>(strategy, column, asked);

    [Theory]
    [MemberData(nameof(EveryState))]
    public void Following_the_decisions_settles_and_does_no_harm(RunStrategy strategy, string column, string asked)
    {
        var machine = Requested(Samples.Machine(strategy), asked);
        var instance = Seen(column);
        var isRunningWanted = strategy is not RunStrategy.Halted && asked != "stop";
        for (var passes = 0; ; passes++)
        {
            passes.ShouldBeLessThan(12, "does not settle");
            var decision = RunStrategies.Decide(machine, instance, Samples.Now.AddMinutes(passes * 6), 0);
            if (decision.Step is RunStep.Delete && column == "active" && passes == 0)
            {
                isRunningWanted.ShouldBeFalse("a guest that should run was stopped");
            }

            var status = VirtualMachineStatuses.Of(machine, instance, decision, null, Samples.Now);
            var before = (machine, instance);
            machine = machine with { Status = status };
            instance = decision.Step switch
            {
                RunStep.Start => instance is null
                    ? Samples.Instance(VirtualMachineInstancePhase.Running)
                    : throw new InvalidOperationException("An instance of this name exists."),
                RunStep.Delete delete => delete.Uid == instance?.Metadata.Uid
                    ? null
                    : throw new InvalidOperationException("There is no such instance."),
                RunStep.Adopt => Samples.Instance(instance!.Status!.Phase),
                _ => instance?.Metadata.DeletionTimestamp is null ? instance : null,
            };
            if (decision.Step is RunStep.None && before.instance == instance)
            {
                break;
            }
        }

        (instance is { Status.Phase: VirtualMachineInstancePhase.Running }).ShouldBe(Ends(strategy, column, asked));
    }

    // Whether a guest runs in the end.
    private static bool Ends(RunStrategy strategy, string column, string asked) =>
        strategy switch
        {
            RunStrategy.Always => true,
            RunStrategy.Halted => false,
            RunStrategy.Once => column is "absent" or "active" or "deleting" || asked == "stop",
            RunStrategy.RerunOnFailure => asked switch
            {
                "start" => true,
                "stop" => false,
                _ => column is "active" or "failed",
            },
            _ => (column, asked) switch
            {
                ("active", "stop") => false,
                ("active", _) => true,
                ("absent" or "deleting", "start") => true,
                _ => false,
            },
        };
}
