using Vireo.Api;

namespace Vireo.Rules;

/// <summary>A virtual machine and its instance as an action finds them.</summary>
internal sealed class ActionScene(VirtualMachine machine, VirtualMachineInstance? named)
{
    public VirtualMachine Machine { get; } = machine;

    /// <summary>The instance of the machine's name, whoever owns it.</summary>
    public VirtualMachineInstance? Named { get; } = named;

    /// <summary>The machine's own instance.</summary>
    public VirtualMachineInstance? Instance { get; } =
        named is not null && OwnerOf(named)?.Uid == machine.Metadata.Uid ? named : null;

    public RunStrategy? Strategy => RunStrategies.Of(Machine);

    /// <summary>True when the machine's own instance has not ended.</summary>
    public bool IsActive => Instance is not null && !VirtualMachineInstancePhases.IsFinal(Instance.Status?.Phase);

    /// <summary>The starts and stops under way.</summary>
    public IReadOnlyList<VirtualMachineStateChangeRequest> Pending =>
        StateChangeRequests.Pending(Machine.Status, Instance);

    /// <summary>True when the end of the machine's own instance is asked for and not carried out yet.</summary>
    public bool IsAskedToStop =>
        Pending is [{ Action: StateChangeRequests.StopAction }, ..]
        || StateChangeRequests.IsTakenBack(Machine.Status, Instance);

    /// <summary>True when a new instance is asked for, now or after a stop.</summary>
    public bool IsAskedToStart => Pending.Any(request => request.Action == StateChangeRequests.StartAction);

    /// <summary>True when the machine's own instance was deleted and is not gone yet.</summary>
    public bool IsDeleting => Instance?.Metadata.DeletionTimestamp is not null;

    /// <summary>True when the machine's own instance is on its way out already.</summary>
    public bool IsStopping => IsDeleting || IsAskedToStop || (Instance is not null && Strategy is RunStrategy.Halted);

    /// <summary>Seconds the guest has to shut down.</summary>
    public long GracePeriod => Instance?.Spec.TerminationGracePeriodSeconds ?? GracePeriods.DefaultSeconds;

    public VirtualMachineStateChangeRequest StopRequest =>
        new() { Action = StateChangeRequests.StopAction, Uid = Instance!.Metadata.Uid };

    /// <summary>The refusal of every action on a machine that is going; null otherwise.</summary>
    public ActionDecision.Refuse? Gone() =>
        Machine.Metadata.DeletionTimestamp is null ? null : Conflict("The VirtualMachine is being deleted.");

    /// <summary>The refusal of what a shelved machine cannot do; null for one that is not shelved.</summary>
    public ActionDecision.Refuse? OnShelf() =>
        Machine.Status?.Shelved switch
        {
            null => null,
            { State: Shelf.Shelving } => Conflict("VM is being shelved: unshelve it once its disks are saved"),
            _ => Conflict("VM is shelved: unshelve it first"),
        };

    public static ActionDecision.Refuse Conflict(string message) => new(ActionRefusal.Conflict, message);

    public static OwnerReference? OwnerOf(VirtualMachineInstance instance) =>
        instance.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);

    /// <summary>
    /// Asks for starts and stops in place of those under way, and for no more pause after failures: nothing when all
    /// is as asked already.
    /// </summary>
    public ActionDecision Ask(IReadOnlyList<VirtualMachineStateChangeRequest> requests, long? gracePeriod = null)
    {
        var status = Machine.Status ?? new();
        var grace = Changed(gracePeriod);
        var pending = Pending;
        var isAsAsked = AreSame(pending, requests);
        if (status.StartFailure is null && isAsAsked)
        {
            return grace is null ? new ActionDecision.Nothing() : new ActionDecision.ShortenGrace(grace.Value);
        }

        return new ActionDecision.ChangeMachine(
            Machine with
            {
                Status = StateChangeRequests.Replace(status, pending, isAsAsked ? pending : requests) with
                {
                    StartFailure = null,
                },
            },
            grace
        );
    }

    /// <summary>The grace period to give the instance: null when it has that already, or has ended.</summary>
    public long? Changed(long? gracePeriod) => IsActive && gracePeriod != GracePeriod ? gracePeriod : null;

    private static bool AreSame(
        IReadOnlyList<VirtualMachineStateChangeRequest> some,
        IReadOnlyList<VirtualMachineStateChangeRequest> others
    ) =>
        some.Count == others.Count
        && some.Zip(others)
            .All(pair =>
                pair.First.Action == pair.Second.Action
                && pair.First.Uid == pair.Second.Uid
                && StateChangeRequests.AsksForPause([pair.First]) == StateChangeRequests.AsksForPause([pair.Second])
            );
}
