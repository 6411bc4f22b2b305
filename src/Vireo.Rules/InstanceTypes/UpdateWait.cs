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
            return failure.Reason is "HotPlugCPUError" or "HotPlugMemoryError"
                ? new WaitDecision.Waiting(why)
                : new WaitDecision.Failed(why);
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
        foreach (var type in (ReadOnlySpan<string>)[Hotplug.VcpuChange, Hotplug.MemoryChange])
        {
            if (
                Conditions.Find(instance.Status?.Conditions, type) is { } change
                && (change.Status == "False" || change.Reason == Hotplug.GuestDoesNotTake)
            )
            {
                return new WaitDecision.Failed($"{type}: {change.Message ?? change.Reason}");
            }
        }

        var asked = GuestSize.Of(instance.Spec);
        return instance.Status?.Phase is not VirtualMachineInstancePhase.Running
                ? new WaitDecision.Waiting($"{instance.Status?.Phase?.ToString() ?? "Pending"}")
            : goal.Wanted is { } wanted && wanted != asked
                ? new WaitDecision.Waiting("its instance does not ask for it yet")
            : HasAll(instance, asked) ? new WaitDecision.Done($"its guest has {Text(instance, asked)}")
            : new WaitDecision.Waiting($"{Progress(instance, asked)}{Move(instance)}");
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

    private static string Move(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState is { StartTimestamp: not null, EndTimestamp: null } move
            ? $"; it moves to {move.TargetNode}"
                + (
                    move.Progress is { MemoryTotal: > 0 and var total, MemoryRemaining: { } left }
                        ? $": {Math.Clamp(100 - (left * 100 / total), 0, 100)} %"
                        : ""
                )
            : "";

    private static long Vcpus(VirtualMachineInstance instance) => CpuTopologies.Vcpus(instance.Spec.Domain.Cpu);
}
