using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Makes the conditions of a virtual machine: its own, and those of its instance.</summary>
/// <remarks>
/// All conditions of the instance are shown, and go when they go from an instance that is there; without an instance
/// they stay as they were last. Readiness, failures and what the virtual machine says itself are its own. That the
/// guest rebooted is never forgotten: whoever waits for it may look when the instance is long gone.
/// </remarks>
public static class VirtualMachineConditions
{
    private const string Ready = "Ready";
    private const string Failure = "Failure";

    /// <summary>When and why the guest rebooted last. Written by the agent; stays when the instance goes.</summary>
    public const string GuestRebooted = "GuestRebooted";

    private static readonly string[] Own =
    [
        Ready,
        Failure,
        RestartRequired.Type,
        GuestRebooted,
        Shelf.ConditionType,
        "ManualRecoveryRequired",
    ];

    /// <summary>The conditions to write.</summary>
    /// <param name="present">Those that are there.</param>
    /// <param name="instance">The machine's own instance; null when there is none.</param>
    /// <param name="failure">What went wrong; null when nothing did.</param>
    /// <param name="update">What the instance lacks of the spec; null when that is not known.</param>
    /// <param name="now">The time, for conditions that change.</param>
    /// <param name="awaitsMachineType">True when the next boot brings another machine type.</param>
    public static IReadOnlyList<Condition> Of(
        IReadOnlyList<Condition>? present,
        VirtualMachineInstance? instance,
        SyncFailure? failure,
        UpdatePlan? update,
        DateTimeOffset now,
        bool awaitsMachineType = false
    )
    {
        var next = Conditions.Set(present, ReadyOf(instance), now);
        next = RestartRequired.Next(next, instance, update, awaitsMachineType, now);
        next = failure is null
            ? Conditions.Remove(next, Failure)
            : Conditions.Set(
                next,
                new()
                {
                    Type = Failure,
                    Status = "True",
                    Reason = failure.Reason,
                    Message = failure.Message,
                },
                now
            );
        return instance is null ? next : Mirror(Remember(next, instance), instance.Status?.Conditions ?? [], now);
    }

    /// <summary>The latest reboot that is known of, as it was told: its time is when it happened.</summary>
    private static IReadOnlyList<Condition> Remember(IReadOnlyList<Condition> present, VirtualMachineInstance instance)
    {
        var known = Conditions.Find(present, GuestRebooted);
        return
            Conditions.Find(instance.Status?.Conditions, GuestRebooted) is not { } seen
            || seen.LastTransitionTime <= known?.LastTransitionTime
            ? present
            : [.. Conditions.Remove(present, GuestRebooted), seen with { LastProbeTime = null }];
    }

    private static IReadOnlyList<Condition> Mirror(
        IReadOnlyList<Condition> present,
        IReadOnlyList<Condition> shown,
        DateTimeOffset now
    ) =>
        shown
            .Where(condition => !Own.Contains(condition.Type))
            .Aggregate(
                (IReadOnlyList<Condition>)
                    [
                        .. present.Where(condition =>
                            Own.Contains(condition.Type) || Conditions.Find(shown, condition.Type) is not null
                        ),
                    ],
                (list, condition) => Conditions.Set(list, condition with { LastProbeTime = null }, now)
            );

    private static Condition ReadyOf(VirtualMachineInstance? instance) =>
        instance is null
            ? new()
            {
                Type = Ready,
                Status = "False",
                Reason = "VMINotExists",
                Message = "VMI does not exist",
            }
        : Conditions.Find(instance.Status?.Conditions, Ready) is { } ready ? ready with { LastProbeTime = null }
        : new()
        {
            Type = Ready,
            Status = "False",
            Reason = "VMIConditionMissing",
            Message = "VMI is missing the Ready condition",
        };
}
