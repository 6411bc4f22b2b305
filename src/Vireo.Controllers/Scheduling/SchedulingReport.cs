using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.Scheduling;

/// <summary>What an instance says once it is placed, cannot be placed, or ended before it was.</summary>
internal static class SchedulingReport
{
    private const string PlacedCondition = "PodScheduled";

    /// <summary>The instance bound to a host.</summary>
    public static VirtualMachineInstance Bound(VirtualMachineInstance instance, string host, DateTimeOffset now) =>
        instance with
        {
            Metadata = instance.Metadata with
            {
                Labels = new Dictionary<string, string>(
                    instance.Metadata.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
                {
                    [KubeVirtNames.NodeNameLabel] = host,
                },
            },
            Status = InPhase(instance, VirtualMachineInstancePhase.Scheduled, now) with
            {
                NodeName = host,
                Conditions = Conditions.Remove(instance.Status?.Conditions, PlacedCondition),
            },
        };

    /// <summary>The instance that no host can take as things are.</summary>
    public static VirtualMachineInstance Unplaceable(
        VirtualMachineInstance instance,
        string message,
        DateTimeOffset now
    )
    {
        var condition = new Condition
        {
            Type = PlacedCondition,
            Status = "False",
            Reason = "Unschedulable",
            Message = message,
        };
        return instance with
        {
            Status = InPhase(instance, VirtualMachineInstancePhase.Scheduling, now) with
            {
                Conditions = Conditions.Set(instance.Status?.Conditions, condition, now),
            },
        };
    }

    /// <summary>The instance that was deleted before any host had it: nobody else will end it.</summary>
    public static VirtualMachineInstance EndedUnplaced(VirtualMachineInstance instance, DateTimeOffset now) =>
        instance with
        {
            Metadata = instance.Metadata with
            {
                Finalizers =
                [
                    .. (instance.Metadata.Finalizers ?? []).Where(name => name != KubeVirtNames.InstanceFinalizer),
                ],
            },
            Status = InPhase(instance, VirtualMachineInstancePhase.Failed, now),
        };

    /// <summary>True when the later one has nothing new to tell.</summary>
    public static bool SaysTheSame(VirtualMachineInstance present, VirtualMachineInstance next) =>
        present.Status?.Phase == next.Status?.Phase
        && Conditions.Find(present.Status?.Conditions, PlacedCondition)
            == Conditions.Find(next.Status?.Conditions, PlacedCondition);

    private static VirtualMachineInstanceStatus InPhase(
        VirtualMachineInstance instance,
        VirtualMachineInstancePhase phase,
        DateTimeOffset now
    )
    {
        var status = instance.Status ?? new VirtualMachineInstanceStatus();
        return status.Phase == phase
            ? status
            : status with
            {
                Phase = phase,
                PhaseTransitionTimestamps =
                [
                    .. status.PhaseTransitionTimestamps ?? [],
                    new VirtualMachineInstancePhaseTransitionTimestamp
                    {
                        Phase = phase,
                        PhaseTransitionTimestamp = now,
                    },
                ],
            };
    }
}
