using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The size of a guest, as far as it can change while it runs.</summary>
/// <param name="Sockets">Its sockets.</param>
/// <param name="Memory">Its memory; null when that is not known.</param>
public sealed record GuestSize(long Sockets, Quantity? Memory)
{
    /// <summary>What a template that is expanded comes to.</summary>
    public static GuestSize Of(VirtualMachineInstanceSpec spec, KubeVirtConfiguration configuration) =>
        Of(LiveUpdate.Complete(spec, configuration, identity: null));

    /// <summary>What an instance asks for.</summary>
    internal static GuestSize Of(VirtualMachineInstanceSpec spec) =>
        new(CpuTopologies.Of(spec.Domain.Cpu).Sockets ?? 1, spec.Domain.Memory?.Guest);
}

/// <summary>Decides whether a change of a machine has come to its guest.</summary>
/// <remarks>
/// It has once the guest has it, not once it was asked for. A restart that is needed ends the wait too: the rest will
/// not come by itself.
/// </remarks>
internal static class UpdateWait
{
    public static WaitDecision Decide(WaitGoal.Updated goal, VirtualMachine? machine, VirtualMachineInstance? instance)
    {
        if (machine is null)
        {
            return new WaitDecision.Failed("it is not there any more");
        }

        if (Conditions.Find(machine.Status?.Conditions, "Failure") is { Status: "True" } failure)
        {
            var why = failure.Message ?? failure.Reason ?? "Failure";
            // A change that another one keeps from being made is made once that is done.
            return UpdatePlan.IsHeld(failure.Reason) ? new WaitDecision.Waiting(why) : new WaitDecision.Failed(why);
        }

        // What is said of a restart is of the generation that was looked at last, written together with it.
        if (!(machine.Status?.DesiredGeneration >= goal.Generation))
        {
            return new WaitDecision.Waiting("the change was not looked at yet");
        }

        return Conditions.Find(machine.Status.Conditions, RestartRequired.Type) is { Status: "True" } restart
                ? new WaitDecision.Done(
                    restart.Message ?? RestartRequired.Type,
                    restart.LastTransitionTime,
                    RestartRequired.Type
                )
            : !LiveChanges.CanReach(instance)
                ? new WaitDecision.Done("no guest runs: all of it holds from its next start on")
            : OfGuest(goal, instance);
    }

    private static WaitDecision OfGuest(WaitGoal.Updated goal, VirtualMachineInstance instance)
    {
        if (
            Changes(instance)
                .FirstOrDefault(change => change.Status == "False" || change.Reason == Hotplug.GuestDoesNotTake) is
            { } refused
        )
        {
            return new WaitDecision.Failed($"{refused.Type}: {refused.Message ?? refused.Reason}");
        }

        var asked = GuestSize.Of(instance.Spec);
        return instance.Status?.Phase is not VirtualMachineInstancePhase.Running
                ? new WaitDecision.Waiting($"{instance.Status?.Phase?.ToString() ?? "Pending"}")
            : goal.Wanted is { } wanted && wanted != asked
                ? new WaitDecision.Waiting("its instance does not ask for it yet")
            : HasAll(instance, asked) ? new WaitDecision.Done($"its guest has {Text(instance, asked)}")
            : new WaitDecision.Waiting($"{Progress(instance, asked)}{Obstacle(instance)}");
    }

    private static bool HasAll(VirtualMachineInstance instance, GuestSize asked) =>
        !Conditions.IsTrue(instance.Status?.Conditions, Hotplug.VcpuChange)
        && !Conditions.IsTrue(instance.Status?.Conditions, Hotplug.MemoryChange)
        && (instance.Status?.CurrentCPUTopology?.Sockets ?? asked.Sockets) == asked.Sockets
        && (instance.Status?.Memory?.GuestCurrent ?? asked.Memory) == asked.Memory;

    private static string Text(VirtualMachineInstance instance, GuestSize asked) =>
        $"{Vcpus(instance)} vCPU{(Vcpus(instance) == 1 ? "" : "s")}"
        + (asked.Memory is { } memory ? $" and {memory} of memory" : "");

    private static string Progress(VirtualMachineInstance instance, GuestSize asked)
    {
        var has = instance.Status?.CurrentCPUTopology;
        var vcpus = has?.Sockets is { } sockets ? Vcpus(instance) / Math.Max(asked.Sockets, 1) * sockets : (long?)null;
        return $"its guest has {vcpus?.ToString(CultureInfo.InvariantCulture) ?? "?"} of {Vcpus(instance)} vCPUs"
            + (
                asked.Memory is { } memory
                    ? $", {instance.Status?.Memory?.GuestCurrent?.ToString() ?? "?"} of {memory} of memory"
                    : ""
            );
    }

    /// <summary>Why the guest has not all of it: how far its move is, else what the change waits for.</summary>
    private static string Obstacle(VirtualMachineInstance instance)
    {
        if (instance.Status?.MigrationState is { StartTimestamp: not null, EndTimestamp: null } move)
        {
            return $"; it moves to {move.TargetNode}{Percentage(move.Progress)}";
        }

        var changes = Changes(instance).Where(change => change.Status == "True").ToList();
        var reasons = changes
            .Select(change => string.Join(": ", new[] { change.Reason, change.Message }.OfType<string>()))
            .Where(why => why.Length > 0)
            .Distinct(StringComparer.Ordinal);
        return string.Concat(reasons.Concat(FailedMove(instance, changes)).Select(why => $"; {why}"));
    }

    /// <summary>The move that was to bring a change and did not; another one is made later.</summary>
    private static IEnumerable<string> FailedMove(VirtualMachineInstance instance, List<Condition> changes) =>
        instance.Status?.MigrationState is { Failed: true, FailureReason: { } why } move
        && changes.Any(change =>
            change.Reason == Hotplug.LiveMigrate && !(move.EndTimestamp < change.LastTransitionTime)
        )
            ? [$"its last move failed: {why}"]
            : [];

    private static string Percentage(MigrationProgress? progress) =>
        progress is { MemoryTotal: > 0 and var total, MemoryRemaining: { } left }
            ? $": {Math.Clamp(100 - (left * 100 / total), 0, 100)} %"
            : "";

    private static IEnumerable<Condition> Changes(VirtualMachineInstance instance) =>
        new[] { Hotplug.VcpuChange, Hotplug.MemoryChange }
            .Select(type => Conditions.Find(instance.Status?.Conditions, type))
            .OfType<Condition>();

    private static long Vcpus(VirtualMachineInstance instance) => CpuTopologies.Vcpus(instance.Spec.Domain.Cpu);
}
