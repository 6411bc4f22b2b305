using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>All that the next step for one key depends on.</summary>
internal sealed record InstanceView
{
    /// <summary>The instance that is bound to this host; null when there is none.</summary>
    public VirtualMachineInstance? Wanted { get; init; }

    /// <summary>The domain of that name; null when there is none.</summary>
    public ObservedDomain? Seen { get; init; }

    /// <summary>How the instance's domain ended; null when there is no sign that it ever ran.</summary>
    public GuestEnd? End { get; init; }

    /// <summary>What this agent was about to do when it last started the domain; null when it never was.</summary>
    public StartIntent? Intent { get; init; }

    /// <summary>The reboot that a user wanted last; null when none is open.</summary>
    public RebootIntent? Asked { get; init; }

    /// <summary>Which boot of the host this is.</summary>
    public string? BootId { get; init; }

    /// <summary>True when the host has rebooted since the domain was started.</summary>
    public bool HasHostRebooted => Intent?.BootId is { } id && id != BootId;

    /// <summary>Since when the domain has been seen to belong to no instance; null when it belongs to one.</summary>
    public DateTimeOffset? OrphanedAt { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>What to do next. The list is closed.</summary>
internal abstract record Step
{
    private Step() { }

    /// <summary>Nothing.</summary>
    internal sealed record None : Step;

    /// <summary>Make the disks and start the domain.</summary>
    internal sealed record Start : Step;

    /// <summary>The guest runs: tell how it is.</summary>
    internal sealed record Report : Step;

    /// <summary>Press the power button, and again after a while.</summary>
    internal sealed record ShutDown(DomainId Id) : Step;

    /// <summary>Pull the plug.</summary>
    internal sealed record Destroy(DomainId Id) : Step;

    /// <summary>Tell that the guest's life is over.</summary>
    /// <param name="Phase">How it went.</param>
    /// <param name="Why">Why it is over, where that can be said.</param>
    /// <param name="Reboot">The reboot that ended it; null when none did.</param>
    internal sealed record Finish(
        VirtualMachineInstancePhase Phase,
        FinishReason Why = FinishReason.None,
        GuestReboot? Reboot = null
    ) : Step;

    /// <summary>Save what the guest wrote to its disks, and then as <see cref="Release" />.</summary>
    internal sealed record Save : Step;

    /// <summary>Remove what the guest left on this host, and let the instance go.</summary>
    internal sealed record Release : Step;

    /// <summary>The name is taken by a domain that no agent made: wait until somebody removes it.</summary>
    internal sealed record WaitForName : Step;
}

/// <summary>Why a guest's life is over, beyond what its phase says.</summary>
internal enum FinishReason
{
    /// <summary>There is no more to say.</summary>
    None,

    /// <summary>It rebooted, and was to end then.</summary>
    GuestRebooted,

    /// <summary>It was to end by its reboot, and it is not known whether it rebooted or shut down.</summary>
    ShutDownOrRebooted,

    /// <summary>Its host rebooted.</summary>
    HostRebooted,
}

/// <summary>Decides the one thing to do next for an instance and its domain. Pure.</summary>
/// <remarks>
/// <code>
/// wanted \ seen   nothing                its domain             another instance's     a stranger's
/// gone            None                   -                      ShutDown, Destroy      None
/// to run          Start or Finish        Report                 ShutDown, Destroy      WaitForName
/// to end          Finish                 ShutDown, Destroy      ShutDown, Destroy      Finish
/// ended           Release                Destroy                Release                Release
/// ended, to save  Save                   Destroy                Save                   Save
/// </code>
/// While a guest leaves for another host, or when its domain ended because it did, that it has no domain here says
/// nothing: then nothing is done, and its moves find out where it is.
/// An instance that is to run and has no domain is started if there is no sign that it ran, or if QEMU failed before
/// the guest was seen to run, or if it was about to start when its host rebooted; else it has ended. A domain that
/// still belongs to an instance somewhere is never touched: the caller makes sure of that before it calls the domain
/// orphaned.
/// </remarks>
internal static class InstancePlan
{
    /// <summary>The grace period of an instance that names none.</summary>
    public static readonly TimeSpan DefaultGracePeriod = TimeSpan.FromSeconds(GracePeriods.DefaultSeconds);

    /// <summary>The next step.</summary>
    public static Step Next(InstanceView view)
    {
        var isMine = view.Seen?.Uid is { } uid && uid == view.Wanted?.Metadata.Uid;
        var isOrphan = view.Seen?.Uid is not null && !isMine;
        return view.Wanted switch
        {
            null when isOrphan => StopOrphan(view),
            null => new Step.None(),
            { } ended when VirtualMachineInstancePhases.IsFinal(ended.Status?.Phase) => isMine
                ? new Step.Destroy(view.Seen!.Id)
            : HasToSave(ended) ? new Step.Save()
            : new Step.Release(),
            _ when isOrphan => StopOrphan(view),
            { } moved when !isMine && HasMoved(moved, view) => new Step.None(),
            { Metadata.DeletionTimestamp: not null } ending => isMine
                ? Stop(view.Seen!.Id, Progress(ending, view.Now))
                : Finish(ending, view),
            { } running => isMine ? new Step.Report()
            : view.Seen is not null ? new Step.WaitForName()
            : StartOrFinish(running, view),
        };
    }

    /// <summary>True when a guest has ended and its disks are to be saved and are not yet.</summary>
    public static bool HasToSave(VirtualMachineInstance instance) =>
        VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
        && Shelf.IsToBeSaved(instance)
        && instance.Status?.SavedDisks is null;

    /// <summary>How far the end of an instance has come that was asked for.</summary>
    public static StopProgress Progress(VirtualMachineInstance instance, DateTimeOffset now)
    {
        if (instance.Metadata.DeletionTimestamp is not { } asked)
        {
            return StopProgress.NotAsked;
        }

        var grace = GracePeriod(instance);
        return grace <= TimeSpan.Zero || !FeaturesXml.HasAcpi(instance.Spec.Domain) ? StopProgress.AtOnce
            : now - asked >= grace ? StopProgress.Expired
            : StopProgress.Asked;
    }

    /// <summary>
    /// How long the guest has to shut down. What a manifest says may be longer than a clock can count.
    /// </summary>
    public static TimeSpan GracePeriod(VirtualMachineInstance instance) =>
        instance.Spec.TerminationGracePeriodSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)TimeSpan.FromDays(3650).TotalSeconds))
            : DefaultGracePeriod;

    private static bool HasMoved(VirtualMachineInstance instance, InstanceView view) =>
        Moves.IsLeaving(instance) || (view.End?.State == GuestState.Migrated && Moves.UnderWay(instance) is not null);

    private static Step StartOrFinish(VirtualMachineInstance instance, InstanceView view) =>
        instance.Status?.Phase switch
        {
            VirtualMachineInstancePhase.Scheduled when view.End is null or { State: GuestState.Failed } =>
                new Step.Start(),
            VirtualMachineInstancePhase.Scheduled
                when view is { HasHostRebooted: true, End.State: GuestState.Absent } => new Step.Start(),
            VirtualMachineInstancePhase.Scheduled
            or VirtualMachineInstancePhase.Running
            or VirtualMachineInstancePhase.Unknown => Finish(instance, view),
            _ => new Step.None(),
        };

    private static Step.Finish Finish(VirtualMachineInstance instance, InstanceView view)
    {
        var next = VirtualMachineInstancePhases.Next(
            instance.Status?.Phase ?? VirtualMachineInstancePhase.Pending,
            view.End?.State ?? GuestState.Absent,
            Progress(instance, view.Now)
        );

        // Whatever it was before, an instance without a domain that is not to be started has ended.
        var phase = VirtualMachineInstancePhases.IsFinal(next) ? next : VirtualMachineInstancePhase.Failed;
        var reboot = GuestReboot.Of(view.End, view.Asked, view.Now);
        return new(phase, Why(phase, reboot, view), reboot);
    }

    private static FinishReason Why(VirtualMachineInstancePhase phase, GuestReboot? reboot, InstanceView view) =>
        (phase, view.End) switch
        {
            _ when reboot is not null => FinishReason.GuestRebooted,
            (_, { State: GuestState.ShutDown, Cause: EndCause.Unknown }) when view.Intent?.EndsOnReboot == true =>
                FinishReason.ShutDownOrRebooted,
            (VirtualMachineInstancePhase.Failed, null or { State: GuestState.Absent } or { Cause: EndCause.HostSignal })
                when view.HasHostRebooted => FinishReason.HostRebooted,
            _ => FinishReason.None,
        };

    private static Step StopOrphan(InstanceView view) =>
        Stop(
            view.Seen!.Id,
            view.Now - (view.OrphanedAt ?? view.Now) < DefaultGracePeriod ? StopProgress.Asked : StopProgress.Expired
        );

    private static Step Stop(DomainId id, StopProgress progress) =>
        progress == StopProgress.Asked ? new Step.ShutDown(id) : new Step.Destroy(id);
}
