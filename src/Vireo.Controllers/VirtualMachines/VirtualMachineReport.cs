using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.VirtualMachines;

/// <summary>How soon a status must be written.</summary>
internal enum ReportUrgency
{
    /// <summary>It says what is written already.</summary>
    Nothing,

    /// <summary>It is a step on the way up that says nothing new to people: the next one will say it all.</summary>
    Soon,

    /// <summary>At once.</summary>
    Now,
}

/// <summary>Decides whether a status is worth a write: a start that goes well is told once, not at each step.</summary>
internal static class VirtualMachineReport
{
    /// <summary>After this a step on the way up is told after all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="present">What is written.</param>
    /// <param name="next">What could be written.</param>
    /// <param name="instance">The instance it tells of.</param>
    /// <param name="now">The time.</param>
    public static ReportUrgency Urgency(
        VirtualMachineStatus? present,
        VirtualMachineStatus next,
        VirtualMachineInstance? instance,
        DateTimeOffset now
    )
    {
        if (SameJson.Are(present, next, ApiJson.Default.VirtualMachineStatus))
        {
            return ReportUrgency.Nothing;
        }

        return IsOnItsWay(instance, now) && SaysTheSame(present, next) ? ReportUrgency.Soon : ReportUrgency.Now;
    }

    /// <summary>The events to tell once a status is written: of what is in it and was not before.</summary>
    public static IEnumerable<(string Type, string Reason, string Message)> News(
        VirtualMachineStatus? present,
        VirtualMachineStatus next
    )
    {
        if (
            present?.MachineType is { Resolved.Length: > 0 } had
            && next.MachineType is { Source: MachineTypeSources.Domain } has
            && had.Resolved != has.Resolved
        )
        {
            yield return (
                "Normal",
                "MachineTypeChanged",
                $"The guest runs with machine type {has.Resolved}; before it had {had.Resolved}."
            );
        }

        foreach (var condition in next.Conditions ?? [])
        {
            var before = Conditions.Find(present?.Conditions, condition.Type);
            switch (condition.Type)
            {
                case "Failure" when before?.Message != condition.Message:
                    yield return ("Warning", condition.Reason ?? condition.Type, condition.Message ?? "");
                    break;
                case Shelf.ConditionType when condition.Status == "True" && before?.Reason != condition.Reason:
                    yield return ("Normal", condition.Reason ?? condition.Type, condition.Message ?? "");
                    break;
                case RestartRequired.Type when before is null:
                case VirtualMachineConditions.GuestRebooted
                    when before?.LastTransitionTime != condition.LastTransitionTime:
                    yield return ("Normal", condition.Type, condition.Message ?? "");
                    break;
                default:
                    break;
            }
        }
    }

    private static bool IsOnItsWay(VirtualMachineInstance? instance, DateTimeOffset now) =>
        instance
            is {
                Metadata.DeletionTimestamp: null,
                Status.Phase: null
                    or VirtualMachineInstancePhase.Pending
                    or VirtualMachineInstancePhase.Scheduling
                    or VirtualMachineInstancePhase.Scheduled
            }
        && now - instance.Metadata.CreationTimestamp < Patience;

    private static bool SaysTheSame(VirtualMachineStatus? present, VirtualMachineStatus next) =>
        present?.PrintableStatus == next.PrintableStatus
        && !(next.Conditions ?? []).Any(condition => condition.Type == "Failure");
}
