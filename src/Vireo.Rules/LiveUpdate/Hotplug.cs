using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Processors and memory that a guest is to be given, or to give back, while it runs.</summary>
/// <remarks>
/// <para>
/// The instance's spec says what its guest is to have; <c>status.currentCPUTopology</c> and <c>status.memory</c> say
/// what it was asked to have and has. While they differ a condition of the instance, <see cref="VcpuChange"/> or
/// <see cref="MemoryChange"/>, is True, and its reason says what it waits for. The controller raises it, the agent of
/// the host removes it once the guest has all of it.
/// </para>
/// <para>
/// A change that the hypervisor refused leaves the condition False, with <see cref="VcpuFailed"/> or
/// <see cref="MemoryFailed"/>: nothing is tried again until the spec says what the guest has.
/// </para>
/// </remarks>
public static class Hotplug
{
    /// <summary>The condition of a change of vCPUs.</summary>
    public const string VcpuChange = "HotVCPUChange";

    /// <summary>The condition of a change of memory.</summary>
    public const string MemoryChange = "HotMemoryChange";

    /// <summary>Reason while True: the agent makes the change on the guest where it runs.</summary>
    public const string InPlace = "InPlace";

    /// <summary>Reason while True: the change is made once the guest has moved to another host.</summary>
    public const string LiveMigrate = "LiveMigrate";

    /// <summary>Reason while True: the guest's host has no room for it; nothing was tried yet.</summary>
    public const string NoRoom = "NoRoom";

    /// <summary>Reason while True: the guest was asked, and did not do it in time.</summary>
    public const string GuestDoesNotTake = "GuestDoesNotTake";

    /// <summary>Reason of <see cref="VcpuChange"/> that is False.</summary>
    public const string VcpuFailed = "vCPU Hotplug Failed";

    /// <summary>Reason of <see cref="MemoryChange"/> that is False; KubeVirt's words.</summary>
    public const string MemoryFailed = "Memory Hotplug Failed";

    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(3);

    /// <summary>True when the agent of the instance's host may bring a change to the guest now.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="change"><see cref="VcpuChange"/> or <see cref="MemoryChange"/>.</param>
    public static bool MayApply(VirtualMachineInstance instance, string change) =>
        !IsMigrating(instance)
        && Conditions.Find(instance.Status?.Conditions, change) is { Status: "True" } condition
        && condition.Reason switch
        {
            InPlace => true,
            LiveMigrate => HasMovedSince(instance.Status?.MigrationState, condition.LastTransitionTime),
            _ => false,
        };

    /// <summary>How much longer a change is told of that the guest has already; null when its time is over.</summary>
    /// <remarks>
    /// A guest may have it within a blink. Clients wait for a change to be under way before they wait for its end, as
    /// the example of design 1 does, and would wait in vain for a condition that has come and gone.
    /// </remarks>
    /// <param name="change">The condition.</param>
    /// <param name="now">The time.</param>
    public static TimeSpan? ShownFor(Condition? change, DateTimeOffset now) =>
        change is { Status: "True", LastTransitionTime: { } begin }
        && begin + Shown - now is var left
        && left > TimeSpan.Zero
        && left <= Shown
            ? left
            : null;

    /// <summary>True when a change is told of still that the guest has all of.</summary>
    private static bool IsDone(VirtualMachineInstance instance, Condition? change) =>
        change is { Status: "True" }
        && (
            change.Type == VcpuChange
                ? instance.Status?.CurrentCPUTopology is { } has
                    && has.Sockets == CpuTopologies.Of(instance.Spec.Domain.Cpu).Sockets
                : instance.Status?.Memory is { GuestRequested: { } requested, GuestCurrent: { } current }
                    && requested == instance.Spec.Domain.Memory?.Guest
                    && requested == current
        );

    /// <summary>True when nothing more is done about a change: the guest has all of it, or did not take it in time.
    /// </summary>
    /// <remarks>Another one may take its place: for a guest that does not do what it was asked, that is a way out.
    /// </remarks>
    public static bool IsOver(VirtualMachineInstance instance, Condition? change) =>
        change is { Status: "True", Reason: GuestDoesNotTake } || IsDone(instance, change);

    /// <summary>True while the instance moves between hosts, or a host makes ready to take it.</summary>
    public static bool IsMigrating(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState
            is { EndTimestamp: null, StartTimestamp: not null }
                or { EndTimestamp: null, TargetNode: { Length: > 0 } };

    /// <summary>True when a change that a migration was to bring has not been begun, so that it can be another still.
    /// </summary>
    public static bool HasNotBegun(VirtualMachineInstance instance, Condition change) =>
        change is { Status: "True", Reason: LiveMigrate or NoRoom }
        && !IsMigrating(instance)
        && !HasMovedSince(instance.Status?.MigrationState, change.LastTransitionTime);

    // Times are of whole seconds: a move that ended in the second of the change counts, and does no harm.
    private static bool HasMovedSince(VirtualMachineInstanceMigrationState? migration, DateTimeOffset? change) =>
        migration is { Completed: true, EndTimestamp: { } end } && migration.Failed != true && !(end < change);
}
