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
    /// <param name="before">The instance as it was told.</param>
    /// <param name="after">What is told now.</param>
    public static IEnumerable<HotplugNews> News(VirtualMachineInstance before, VirtualMachineInstanceStatus after)
    {
        foreach (var change in Changes)
        {
            var (was, now) = (
                Conditions.Find(before.Status?.Conditions, change),
                Conditions.Find(after.Conditions, change)
            );
            if (was is null)
            {
                continue;
            }

            if (Size(change, before.Status) != Size(change, after) && HasAll(change, before.Spec.Domain, after))
            {
                yield return new(IsGood: true, Has(change, after));
            }
            else if (now is not null && (was.Status, was.Reason) != (now.Status, now.Reason))
            {
                yield return new(IsGood: false, now.Message ?? "");
            }
        }
    }

    private static (Quantity?, Quantity?, long?) Size(string change, VirtualMachineInstanceStatus? status) =>
        change == Hotplug.VcpuChange
            ? (null, null, status?.CurrentCPUTopology?.Sockets)
            : (status?.Memory?.GuestRequested, status?.Memory?.GuestCurrent, null);

    private static bool HasAll(string change, DomainSpec wanted, VirtualMachineInstanceStatus status) =>
        change == Hotplug.VcpuChange
            ? status.CurrentCPUTopology == CpuTopologies.Of(wanted.Cpu)
            : status.Memory?.GuestCurrent == status.Memory?.GuestRequested
                && status.Memory?.GuestCurrent?.Value == MemoryXml.GuestBytes(wanted);

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
