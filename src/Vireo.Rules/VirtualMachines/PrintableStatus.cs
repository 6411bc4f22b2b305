using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The state of a virtual machine in one word, for people and for <c>kubectl get vm</c>.</summary>
public static class PrintableStatus
{
    // The first that holds is the word. KubeVirt's order: what is under way hides what went wrong before.
    private static readonly (string Word, Func<Sight, bool> Holds)[] Rows =
    [
        ("Terminating", s => s.Machine.Metadata.DeletionTimestamp is not null),
        ("Stopping", s => s.IsGoing || s.IsBeingSaved),
        ("Migrating", s => !s.IsOff && MigrationStates.IsMoving(s.Instance)),
        ("Paused", s => s.IsRunning && Conditions.IsTrue(s.Instance?.Status?.Conditions, "Paused")),
        ("Running", s => s.IsRunning),
        ("ErrorUnschedulable", s => s.Says("PodScheduled", "Unschedulable")),
        ("ErrImagePull", s => s.Says("Synchronized", "ErrImagePull")),
        ("ImagePullBackOff", s => s.Says("Synchronized", "ImagePullBackOff")),
        ("Starting", s => s.IsStarting),
        ("CrashLoopBackOff", s => s.IsOff && s.HasFailedToStart),
        ("Stopped", s => s.IsOff),
    ];

    /// <summary>The word.</summary>
    public static string Of(VirtualMachine machine, VirtualMachineInstance? instance, RunDecision decision)
    {
        var sight = new Sight(machine, instance, decision);
        return Array.Find(Rows, row => row.Holds(sight)).Word ?? "Unknown";
    }

    private sealed record Sight(VirtualMachine Machine, VirtualMachineInstance? Instance, RunDecision Decision)
    {
        private VirtualMachineInstancePhase? Phase => Instance?.Status?.Phase;

        public bool IsOff => Instance is null || VirtualMachineInstancePhases.IsFinal(Phase);

        public bool IsGoing =>
            !IsOff && (Instance!.Metadata.DeletionTimestamp is not null || Decision.Step is RunStep.Delete);

        public bool IsBeingSaved => Shelf.IsSaving(Machine.Status, Instance);

        public bool IsRunning => Phase is VirtualMachineInstancePhase.Running;

        public bool IsStarting =>
            Instance is null
                ? Decision.Step is RunStep.Start
                : Phase
                    is null
                        or VirtualMachineInstancePhase.Pending
                        or VirtualMachineInstancePhase.Scheduling
                        or VirtualMachineInstancePhase.Scheduled;

        public bool HasFailedToStart =>
            Decision.StartFailure?.ConsecutiveFailCount > 0 && StartFailures.Counts(RunStrategies.Of(Machine));

        public bool Says(string type, string reason) =>
            Conditions.Find(Instance?.Status?.Conditions, type) is { Status: "False" } condition
            && condition.Reason == reason;
    }
}
