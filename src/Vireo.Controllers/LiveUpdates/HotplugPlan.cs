using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.LiveUpdates;

/// <summary>Decides which changes of processors and memory an instance tells of, and what each waits for.</summary>
/// <remarks>
/// A change that its agent was let to make is the agent's to tell of, until it says that the guest did not take it and
/// something else is asked for. One that a migration was to bring is looked at again: there may be no host left for it.
/// </remarks>
internal static class HotplugPlan
{
    /// <summary>True when what the instance tells may have to change.</summary>
    public static bool IsConcerned(VirtualMachineInstance instance) =>
        LiveChanges.CanReach(instance)
        && instance.Status?.Phase is VirtualMachineInstancePhase.Running
        && Changes(instance).Any(change => change.Differs || change.Told is not null);

    /// <summary>True when the instance waits for hosts to be other than they are.</summary>
    public static bool AwaitsHosts(VirtualMachineInstance instance) =>
        Changes(instance).Any(change => change.Told is { } told && Hotplug.HasNotBegun(instance, told));

    /// <summary>The conditions as they are to be; null when they are that.</summary>
    /// <param name="instance">The instance; it is concerned.</param>
    /// <param name="way">How changes come to it.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Condition>? Next(VirtualMachineInstance instance, HotplugWay way, DateTimeOffset now)
    {
        var next = instance.Status?.Conditions ?? [];
        var isOther = false;
        foreach (var change in Changes(instance))
        {
            var isRaised = IsToRaise(change, instance, way);
            if (isRaised || (change is { Told: { } told, IsDone: true } && Hotplug.ShownFor(told, now) is null))
            {
                next = Conditions.Remove(next, change.Type);
                isOther = true;
            }

            // Its time is that of this request: an earlier migration has not brought it.
            next = isRaised ? Conditions.Set(next, Waiting(change, way), now) : next;
        }

        return isOther ? next : null;
    }

    /// <summary>How much longer a change is told of that is done or taken back; null when none is.</summary>
    public static TimeSpan? IsShownFor(VirtualMachineInstance instance, DateTimeOffset now) =>
        Changes(instance).Where(change => change.IsDone).Max(change => Hotplug.ShownFor(change.Told, now));

    private static bool IsToRaise(Change change, VirtualMachineInstance instance, HotplugWay way) =>
        change.Differs
        && (
            change.Told switch
            {
                null => true,
                { Status: "True", Reason: Hotplug.GuestDoesNotTake } => change.Type == Hotplug.MemoryChange,
                { } told => Hotplug.HasNotBegun(instance, told) && told.Reason != way.Reason,
            }
        );

    private static Condition Waiting(Change change, HotplugWay way) =>
        new()
        {
            Type = change.Type,
            Status = "True",
            Reason = way.Reason,
            Message = way.Message,
        };

    private static Change[] Changes(VirtualMachineInstance instance) => [Vcpus(instance), Memory(instance)];

    private static Change Vcpus(VirtualMachineInstance instance)
    {
        var (cpu, has) = (instance.Spec.Domain.Cpu, instance.Status?.CurrentCPUTopology);
        var differs =
            has is not null
            && cpu?.MaxSockets > 0
            && CpuTopologies.Vcpus(cpu)
                != CpuTopologies.Vcpus(
                    new()
                    {
                        Sockets = has.Sockets,
                        Cores = has.Cores,
                        Threads = has.Threads,
                    }
                );
        return Of(instance, Hotplug.VcpuChange, differs, isDone: !differs);
    }

    private static Change Memory(VirtualMachineInstance instance)
    {
        var (memory, status) = (instance.Spec.Domain.Memory, instance.Status?.Memory);
        var differs =
            memory is { MaxGuest: not null, Guest: { } wanted }
            && status?.GuestRequested is { } requested
            && wanted != requested;
        return Of(instance, Hotplug.MemoryChange, differs, !differs && status?.GuestCurrent == status?.GuestRequested);
    }

    private static Change Of(VirtualMachineInstance instance, string type, bool differs, bool isDone) =>
        new(type, Conditions.Find(instance.Status?.Conditions, type), differs, isDone);

    /// <param name="Type">The type of its condition.</param>
    /// <param name="Told">The condition; null when the instance does not tell of it.</param>
    /// <param name="Differs">True while the guest was not asked for what the spec says.</param>
    /// <param name="IsDone">True when the guest has what the spec says.</param>
    private sealed record Change(string Type, Condition? Told, bool Differs, bool IsDone);
}
