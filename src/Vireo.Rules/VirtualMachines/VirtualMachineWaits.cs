using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

namespace Vireo.Rules;

/// <summary>What somebody waits for. The list is closed.</summary>
public abstract record WaitGoal
{
    private WaitGoal() { }

    /// <summary>A guest runs.</summary>
    /// <param name="OtherThanUid">The run that was there before: only another one counts.</param>
    /// <param name="OrPaused">True when a guest that waits for its first instruction counts too.</param>
    public sealed record Running(string? OtherThanUid = null, bool OrPaused = false) : WaitGoal;

    /// <summary>No guest runs, and none is about to.</summary>
    public sealed record Stopped : WaitGoal;

    /// <summary>The disks of the machine are saved.</summary>
    /// <param name="Offloaded">True when no host is to keep anything for it.</param>
    public sealed record Shelved(bool Offloaded = false) : WaitGoal;

    /// <summary>A machine is what its run strategy says: a guest runs, or is not to.</summary>
    /// <param name="OtherThanUid">The run that was there before: only another one counts.</param>
    public sealed record Back(string? OtherThanUid = null) : WaitGoal;

    /// <summary>The guest is paused.</summary>
    public sealed record Paused : WaitGoal;

    /// <summary>The guest goes on after a pause.</summary>
    public sealed record Unpaused : WaitGoal;

    /// <summary>Changes wait for a restart.</summary>
    public sealed record RestartRequired : WaitGoal;

    /// <summary>The guest has what its machine says, or needs a restart to have it.</summary>
    /// <param name="Generation">The generation of the machine that says it.</param>
    /// <param name="Wanted">The size that it comes to; null when that is not known.</param>
    public sealed record Updated(long Generation, GuestSize? Wanted = null) : WaitGoal;

    /// <summary>The guest rebooted.</summary>
    /// <param name="After">Only a reboot later than this counts; null for any.</param>
    public sealed record Rebooted(DateTimeOffset? After = null) : WaitGoal;
}

/// <summary>How far a wait is. The list is closed.</summary>
public abstract record WaitDecision
{
    private WaitDecision() { }

    /// <summary>Not yet.</summary>
    /// <param name="State">What is now, in a few words.</param>
    public sealed record Waiting(string State) : WaitDecision;

    /// <summary>It has come.</summary>
    /// <param name="State">What is now, in a few words.</param>
    /// <param name="Since">When it came, where that is known.</param>
    /// <param name="Source">What brought it, in one word, where that is known.</param>
    public sealed record Done(string State, DateTimeOffset? Since = null, string? Source = null) : WaitDecision;

    /// <summary>It will not come unless somebody does something.</summary>
    /// <param name="Why">For a person.</param>
    public sealed record Failed(string Why) : WaitDecision;
}

/// <summary>Decides from what is seen of a virtual machine whether a wait for it is over.</summary>
public static class VirtualMachineWaits
{
    /// <summary>The decision.</summary>
    /// <param name="goal">What is waited for.</param>
    /// <param name="machine">The virtual machine; null for an instance that belongs to none.</param>
    /// <param name="instance">Its instance; null while there is none.</param>
    public static WaitDecision Decide(WaitGoal goal, VirtualMachine? machine, VirtualMachineInstance? instance)
    {
        var sight = new Sight(machine, instance);
        return goal switch
        {
            WaitGoal.Running running => Running(running, sight),
            WaitGoal.Stopped => Stopped(sight),
            WaitGoal.Shelved shelved => OnShelf(shelved, sight),
            WaitGoal.Back back => Back(back, sight),
            WaitGoal.Paused => Pause(sight, wanted: true),
            WaitGoal.Unpaused => Pause(sight, wanted: false),
            WaitGoal.RestartRequired => RestartRequired(sight),
            WaitGoal.Rebooted rebooted => Rebooted(rebooted, sight),
            WaitGoal.Updated updated => UpdateWait.Decide(updated, machine, instance),
            _ => throw new InvalidOperationException($"No rule for {goal}."),
        };
    }

    /// <summary>The newest reboot that the virtual machine or its instance tells of; null when neither does.</summary>
    public static Condition? NewestReboot(VirtualMachine? machine, VirtualMachineInstance? instance) =>
        new[] { machine?.Status?.Conditions, instance?.Status?.Conditions }
            .Select(conditions => Conditions.Find(conditions, VirtualMachineConditions.GuestRebooted))
            .Where(condition => condition is { Status: "True", LastTransitionTime: not null })
            .MaxBy(condition => condition!.LastTransitionTime);

    private static WaitDecision Running(WaitGoal.Running goal, Sight sight)
    {
        if (sight.Instance is { } instance && instance.Metadata.Uid != goal.OtherThanUid)
        {
            if (sight.IsRunning && (goal.OrPaused || !sight.IsPaused))
            {
                return new WaitDecision.Done(sight.GuestState);
            }

            if (sight.Obstacle is { } obstacle)
            {
                return new WaitDecision.Failed(obstacle);
            }

            if (sight.IsOff && !sight.WillStart)
            {
                return new WaitDecision.Failed($"its instance has ended: {sight.State}");
            }
        }

        if (sight is { IsShelved: true, IsOff: true })
        {
            return new WaitDecision.Failed("it is shelved: unshelve it first");
        }

        // A request that waits is not reported yet: what the status says is of the time before it.
        return sight is { IsOff: true, IsAsked: false, CrashLoop: { } failures }
            ? new WaitDecision.Failed(failures)
            : GoneOr(sight, new WaitDecision.Waiting(sight.State));
    }

    private static WaitDecision Stopped(Sight sight) =>
        sight is { IsOff: true, WillStart: false, IsBeingShelved: false }
            ? new WaitDecision.Done("Stopped")
            : new WaitDecision.Waiting(sight.State);

    private static WaitDecision OnShelf(WaitGoal.Shelved goal, Sight sight) =>
        (sight.Machine?.Status?.Shelved, Conditions.Find(sight.Machine?.Status?.Conditions, Shelf.ConditionType)) switch
        {
            (null, _) => new WaitDecision.Failed("it is not shelved"),
            ({ State: Shelf.ShelvedOffloaded } state, var told) => new WaitDecision.Done(
                state.State,
                told?.LastTransitionTime
            ),
            ({ State: Shelf.Shelved or Shelf.Offloading } state, var told) when !goal.Offloaded =>
                new WaitDecision.Done(state.State, told?.LastTransitionTime),
            (var state, var told) => new WaitDecision.Waiting(
                state.Message is { } trouble ? $"{state.State}: {trouble}"
                : told?.Reason == state.State ? $"{state.State}: {told.Message}"
                : state.State
            ),
        };

    private static WaitDecision Back(WaitGoal.Back goal, Sight sight) =>
        sight is { IsShelved: false, WillStart: false, IsOff: true }
            ? new WaitDecision.Done("Stopped")
            : Running(new(goal.OtherThanUid, OrPaused: true), sight);

    private static WaitDecision Pause(Sight sight, bool wanted)
    {
        if (sight.IsRunning && sight.IsPaused == wanted)
        {
            return new WaitDecision.Done(sight.GuestState);
        }

        return !wanted && sight.IsOff
            ? new WaitDecision.Failed($"no guest of it runs: {sight.State}")
            : GoneOr(sight, new WaitDecision.Waiting(sight.State));
    }

    private static WaitDecision RestartRequired(Sight sight)
    {
        if (sight.Machine is null)
        {
            return new WaitDecision.Failed("only a VirtualMachine can require a restart; its instances cannot");
        }

        return Conditions.Find(sight.Machine.Status?.Conditions, "RestartRequired") is { Status: "True" } condition
            ? new WaitDecision.Done(condition.Message ?? "RestartRequired", condition.LastTransitionTime)
            : new WaitDecision.Waiting(sight.State);
    }

    private static WaitDecision Rebooted(WaitGoal.Rebooted goal, Sight sight)
    {
        var reboot = NewestReboot(sight.Machine, sight.Instance);
        return reboot is not null && (goal.After is null || reboot.LastTransitionTime > goal.After)
            ? new WaitDecision.Done("Rebooted", reboot.LastTransitionTime, reboot.Reason)
            : GoneOr(sight, new WaitDecision.Waiting($"{sight.State}, not rebooted yet"));
    }

    /// <summary>An instance without a virtual machine does not come back.</summary>
    private static WaitDecision GoneOr(Sight sight, WaitDecision otherwise) =>
        sight is { Machine: null, IsOff: true }
            ? new WaitDecision.Failed(
                sight.Instance is null ? "it is not there any more" : $"it has ended: {sight.State}"
            )
            : otherwise;

    private sealed record Sight(VirtualMachine? Machine, VirtualMachineInstance? Instance)
    {
        private Phase? Phase => Instance?.Status?.Phase;

        private RunStrategy? Strategy => Machine is null ? null : RunStrategies.Of(Machine);

        private IReadOnlyList<VirtualMachineStateChangeRequest> Requests =>
            StateChangeRequests.Pending(Machine?.Status, Instance);

        public bool IsAsked => Requests.Count > 0;

        public bool IsOff => Instance is null || VirtualMachineInstancePhases.IsFinal(Phase);

        public bool IsRunning =>
            Phase is Api.VirtualMachineInstancePhase.Running && Instance!.Metadata.DeletionTimestamp is null;

        public bool IsPaused => Conditions.IsTrue(Instance?.Status?.Conditions, "Paused");

        /// <summary>True when the rules of the run strategy bring a new instance by themselves.</summary>
        public bool WillStart => !IsShelved && (IsAskedToStart || StartsByItself);

        /// <summary>True while nothing of it may run.</summary>
        public bool IsShelved => Machine?.Status?.Shelved is not null;

        /// <summary>True while its disks are still to be saved.</summary>
        public bool IsBeingShelved => Machine?.Status?.Shelved?.State is Shelf.Shelving;

        private bool IsAskedToStart => Requests.Any(request => request.Action == StateChangeRequests.StartAction);

        private bool StartsByItself =>
            Strategy is RunStrategy.Always
            || (Strategy is RunStrategy.Once && Instance is null)
            || (
                Strategy is RunStrategy.RerunOnFailure && (Phase is Api.VirtualMachineInstancePhase.Failed || HasFailed)
            );

        private bool HasFailed => Machine?.Status?.StartFailure is { ConsecutiveFailCount: > 0 };

        /// <summary>Why the instance does not get further; null while nothing is known to hold it up.</summary>
        public string? Obstacle =>
            IsOff || IsRunning
                ? null
                : Says("PodScheduled", "Unschedulable", "ErrorUnschedulable")
                    ?? Says("Synchronized", "ErrImagePull", "ErrImagePull")
                    ?? Says("Synchronized", "ImagePullBackOff", "ImagePullBackOff");

        public string? CrashLoop =>
            Machine?.Status is { PrintableStatus: "CrashLoopBackOff", StartFailure: var failure }
                ? $"CrashLoopBackOff: it failed to start {failure?.ConsecutiveFailCount ?? 1} times in a row"
                : null;

        /// <summary>The state of a guest that runs: its instance knows it before its machine does.</summary>
        public string GuestState => IsPaused ? "Paused" : "Running";

        /// <summary>The state in a word, with the reason where one is known.</summary>
        public string State
        {
            get
            {
                var failure = Conditions.Find(Machine?.Status?.Conditions, "Failure");
                var word = Word;
                return failure is { Status: "True", Message: { Length: > 0 } message } ? $"{word}: {message}" : word;
            }
        }

        private string Word =>
            this switch
            {
                { IsRunning: true, IsPaused: true } => "Paused",
                { Machine.Status.PrintableStatus: { } word } => word,
                { IsOff: false, Instance.Metadata.DeletionTimestamp: not null } => "Stopping",
                { Phase: { } phase } => phase.ToString(),
                { Instance: not null } => "Pending",
                _ => "no instance",
            };

        private string? Says(string type, string reason, string word) =>
            Conditions.Find(Instance?.Status?.Conditions, type) is { Status: "False" } condition
            && condition.Reason == reason
                ? $"{word}: {condition.Message}"
                : null;
    }
}
