using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Tests.Rules.Actions;

/// <summary>What an action can find, by the columns of the tables of actions.</summary>
internal static class Scenes
{
    public static VirtualMachineStateChangeRequest Stop { get; } = new() { Action = "Stop", Uid = Samples.InstanceUid };

    public static VirtualMachineInstance Ended(VirtualMachineInstancePhase phase) => Samples.Instance(phase);

    public static (VirtualMachine Machine, VirtualMachineInstance? Instance) Find(RunStrategy strategy, string column)
    {
        var machine = Samples.Machine(strategy);
        return column switch
        {
            "to-come" => (Situations.Asked(machine, StateChangeRequests.Start), null),
            "stopping" => (Situations.Asked(machine, Stop), Samples.Instance()),
            "restarting" => (Situations.Asked(machine, Stop, StateChangeRequests.Start), Samples.Instance()),
            "lost" => (machine, Samples.Instance(VirtualMachineInstancePhase.Unknown)),
            _ => (machine, Situations.Seen(column)),
        };
    }

    /// <summary>The table in the doc comment of an action, cell by cell.</summary>
    public static void ShouldBeWhatIsDecided(
        string file,
        Func<VirtualMachine, VirtualMachineInstance?, ActionDecision> decide,
        Func<VirtualMachine, ActionDecision, string> word
    )
    {
        foreach (var row in DocTable.Read($"src/Vireo.Rules/Actions/{file}.cs"))
        {
            foreach (var (column, cell) in row.Skip(1))
            {
                var (machine, instance) = Find(Enum.Parse<RunStrategy>(row["strategy"]), column);
                var decision = decide(machine, instance);
                (
                    decision is ActionDecision.Refuse { Why: ActionRefusal.Conflict }
                        ? "refuse"
                        : word(machine, decision)
                ).ShouldBe(cell, $"{row["strategy"]}, {column}");
            }
        }
    }

    /// <summary>What is asked for in a machine's status, in words.</summary>
    public static string Queue(VirtualMachine machine) =>
        string.Join(
            ", ",
            (machine.Status?.StateChangeRequests ?? []).Select(request =>
                request.Action
                + (request.Uid is null ? "" : $"({request.Uid})")
                + (StateChangeRequests.AsksForPause([request]) ? " paused" : "")
            )
        );

    public static VirtualMachine Changed(ActionDecision decision) =>
        decision.ShouldBeOfType<ActionDecision.ChangeMachine>().Machine;

    public static void ShouldBeRefused(ActionDecision? decision, ActionRefusal why, string message)
    {
        var refusal = decision.ShouldBeOfType<ActionDecision.Refuse>();
        refusal.Why.ShouldBe(why);
        refusal.Message.ShouldBe(message);
    }

    public static VirtualMachineInstance Grace(VirtualMachineInstance instance, long seconds) =>
        instance with
        {
            Spec = instance.Spec with { TerminationGracePeriodSeconds = seconds },
        };

    public static VirtualMachine With(VirtualMachine machine, string condition, string? message = null) =>
        machine with
        {
            Status = (machine.Status ?? new()) with
            {
                Conditions =
                [
                    new()
                    {
                        Type = condition,
                        Status = "True",
                        Message = message,
                    },
                ],
            },
        };

    /// <summary>In the older form, which says when it runs by true and false.</summary>
    public static VirtualMachine OldForm(VirtualMachine machine, bool running) =>
        machine with
        {
            Spec = machine.Spec with { RunStrategy = null, Running = running },
        };
}
