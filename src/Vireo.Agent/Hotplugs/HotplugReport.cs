using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Says in an instance's conditions how a change of its guest's size stands. Pure.</summary>
internal static class HotplugReport
{
    private static readonly string[] Changes = [Hotplug.VcpuChange, Hotplug.MemoryChange];

    /// <summary>The status with the conditions as they are now.</summary>
    public static VirtualMachineInstanceStatus Of(
        VirtualMachineInstanceStatus status,
        HotplugOutcome outcome,
        DateTimeOffset now
    ) =>
        status with
        {
            Conditions = Next(
                Next(status.Conditions ?? [], Hotplug.VcpuChange, outcome.Vcpus, now),
                Hotplug.MemoryChange,
                outcome.Memory,
                now
            ),
        };

    /// <summary>What became of changes between two states, for a person.</summary>
    public static IEnumerable<HotplugNews> News(
        VirtualMachineInstanceStatus? before,
        VirtualMachineInstanceStatus after
    ) =>
        Changes
            .Select(change => NewsOf(change, Conditions.Find(before?.Conditions, change), after))
            .OfType<HotplugNews>();

    private static HotplugNews? NewsOf(string change, Condition? was, VirtualMachineInstanceStatus after) =>
        (was, Conditions.Find(after.Conditions, change)) switch
        {
            (null, _) => null,
            (_, null) => new(IsGood: true, Has(change, after)),
            var (old, now) when (old.Status, old.Reason) != (now.Status, now.Reason) => new(
                IsGood: false,
                now.Message ?? ""
            ),
            _ => null,
        };

    private static IReadOnlyList<Condition> Next(
        IReadOnlyList<Condition> conditions,
        string change,
        HotplugStep step,
        DateTimeOffset now
    ) =>
        step switch
        {
            HotplugStep.Done => Conditions.Remove(conditions, change),
            HotplugStep.NotTaken taken => Conditions.Set(
                conditions,
                new()
                {
                    Type = change,
                    Status = "True",
                    Reason = Hotplug.GuestDoesNotTake,
                    Message = taken.Message,
                },
                now
            ),
            HotplugStep.Fail fail => Conditions.Set(
                conditions,
                new()
                {
                    Type = change,
                    Status = "False",
                    Reason = change == Hotplug.VcpuChange ? Hotplug.VcpuFailed : Hotplug.MemoryFailed,
                    Message = fail.Message,
                },
                now
            ),
            _ => conditions,
        };

    private static string Has(string change, VirtualMachineInstanceStatus status) =>
        change == Hotplug.VcpuChange
            ? $"The guest has {CpuTopologies.Vcpus(Sockets(status.CurrentCPUTopology))} vCPUs."
            : $"The guest has {status.Memory?.GuestCurrent} of memory.";

    private static CPU Sockets(CPUTopology? topology) =>
        new()
        {
            Sockets = topology?.Sockets,
            Cores = topology?.Cores,
            Threads = topology?.Threads,
        };
}

/// <summary>What became of a change.</summary>
/// <param name="IsGood">True when the guest has it.</param>
/// <param name="Message">For a person.</param>
internal sealed record HotplugNews(bool IsGood, string Message);
