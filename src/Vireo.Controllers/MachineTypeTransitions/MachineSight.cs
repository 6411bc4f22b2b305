using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>A virtual machine and its instance, as a transition sees them on any server of kubevirt.io/v1.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Named">The instance of its name, whoever owns it; null when there is none.</param>
internal sealed record MachineSight(VirtualMachine Machine, VirtualMachineInstance? Named)
{
    /// <summary>
    /// The machine type that its preference names, where nothing else names one; null where none does, or nobody knows.
    /// </summary>
    public string? Preferred { get; init; }

    /// <summary>Its own instance, alive or ended; null when there is none.</summary>
    public VirtualMachineInstance? Own =>
        Named?.Metadata.OwnerReferences?.Any(owner => owner.Uid == Machine.Metadata.Uid) == true ? Named : null;

    /// <summary>Its own instance, while it lives; null when nothing runs.</summary>
    public VirtualMachineInstance? Alive =>
        Own is { } own && !VirtualMachineInstancePhases.IsFinal(own.Status?.Phase) ? own : null;

    /// <summary>What the guest runs with; what it will boot with while it starts.</summary>
    public string? Running => Alive?.Status?.Machine?.Type ?? Alive?.Spec.Domain.Machine?.Type;

    /// <summary>What the template names.</summary>
    public string? Template => Machine.Spec.Template.Spec.Domain.Machine?.Type;

    /// <summary>True once the end of the instance was asked for.</summary>
    public bool IsEnding =>
        Alive is { Metadata.DeletionTimestamp: not null }
        || StateChangeRequests
            .Pending(Machine.Status, Alive)
            .Any(request => request.Action == StateChangeRequests.StopAction);

    /// <summary>True while a start is on its way that nobody needs to ask for.</summary>
    public bool IsToStart =>
        Alive is null
        && (
            RunStrategies.Of(Machine) is RunStrategy.Always
            || (RunStrategies.Of(Machine) is RunStrategy.Once && Named is null)
            || StateChangeRequests
                .Pending(Machine.Status, Alive)
                .Any(request => request.Action == StateChangeRequests.StartAction)
        );

    public bool IsUp => Alive?.Status?.Phase is VirtualMachineInstancePhase.Running;

    public bool IsPaused => Conditions.IsTrue(Alive?.Status?.Conditions, "Paused");

    /// <summary>True when nobody knows whether the guest runs: its host does not report.</summary>
    public bool IsLost => Alive?.Status?.Phase is VirtualMachineInstancePhase.Unknown;

    public bool IsMigrating => Machine.Status?.PrintableStatus == "Migrating";

    /// <summary>
    /// True when a restart would do what its owner expects: the guest runs, and its strategy lets it run again.
    /// </summary>
    public bool CanRestart =>
        Alive is not null
        && this is { IsEnding: false, IsLost: false, IsPaused: false, IsMigrating: false }
        && RunStrategies.Of(Machine)
            is RunStrategy.Always
                or RunStrategy.RerunOnFailure
                or RunStrategy.Manual
                or RunStrategy.Once;

    /// <summary>The word for why it does not start; null when nothing went wrong.</summary>
    public string? Trouble =>
        Machine.Status?.PrintableStatus
            is "ErrorUnschedulable"
                or "ErrImagePull"
                or "ImagePullBackOff"
                or "CrashLoopBackOff"
                or "ErrorPvcNotFound"
                or "DataVolumeError"
            ? Machine.Status.PrintableStatus
        : Machine.Status?.StartFailure?.ConsecutiveFailCount > 0 && Alive is null ? "CrashLoopBackOff"
        : null;
}
