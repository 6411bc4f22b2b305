using Vireo.Api;
using static Vireo.Rules.RunStrategies.Asked;
using static Vireo.Rules.RunStrategies.Move;
using static Vireo.Rules.RunStrategies.Seen;

namespace Vireo.Rules;

/// <summary>Decides when an instance of a virtual machine is started and stopped.</summary>
/// <remarks>
/// <code>
/// strategy        asked  absent  held   active  succeeded  failed  orphan  foreign  deleting
/// Always          none   start   wait   -       delete     delete  adopt   refuse   -
/// Always          start  start   wait   -       delete     delete  adopt   refuse   -
/// Always          stop   start   wait   delete  delete     delete  adopt   refuse   -
/// RerunOnFailure  none   -       -      -       delete     rerun   adopt   -        -
/// RerunOnFailure  start  start   wait   -       delete     rerun   adopt   refuse   -
/// RerunOnFailure  stop   -       -      delete  delete     delete  adopt   -        -
/// Manual          none   -       -      -       -          -       adopt   -        -
/// Manual          start  start   start  -       -          -       adopt   refuse   -
/// Manual          stop   -       -      delete  delete     delete  adopt   -        -
/// Once            none   start   start  -       -          -       adopt   refuse   -
/// Once            start  start   start  -       -          -       adopt   refuse   -
/// Once            stop   start   start  delete  delete     delete  adopt   refuse   -
/// Halted          any    -       -      delete  delete     delete  -       -        -
/// WaitAsReceiver  any    refuse  refuse refuse  refuse     refuse  refuse  refuse   refuse
/// shelved         any    -       -      delete  -          -       -       -        -
/// deleted         any    let-go  let-go delete  delete     delete  let-go  let-go   -
/// orphaning       any    let-go  let-go let-go  let-go     let-go  let-go  let-go   let-go
/// </code>
/// Asked is the first request in status that still means something; a machine that comes to RerunOnFailure counts as
/// asked to start. Held: absent, and the pause after failures to start is not over. Orphan: nobody owns it; Halted
/// does not adopt, for that would end a guest nobody asked it to end. Foreign: another object owns it. Rerun deletes
/// and asks for a start. A start that is asked for under Halted is neither done nor forgotten: the start action sets
/// another strategy in the same write (see <see cref="StartAction" />), and one that was asked for before the owner set
/// Halted waits until the owner sets another. A stop is asked for under Once where that action finds the instance of an
/// earlier stop still there: it ends, and the one run that was asked for follows. An instance that was made from a
/// start which was taken back meanwhile counts as asked to stop (see <see cref="StateChangeRequests" />). Shelved is
/// every strategy while the machine is shelved; the instance that it had then goes however it ended.
/// </remarks>
public static class RunStrategies
{
    internal enum Asked
    {
        Nothing,
        ToStart,
        ToStop,
    }

    internal enum Seen
    {
        Absent,
        Held,
        Active,
        Succeeded,
        Failed,
        Orphan,
        Foreign,
        Deleting,
    }

    internal enum Move
    {
        Rest,
        Start,
        Wait,
        Delete,
        Rerun,
        Adopt,
        LetGo,
        Refuse,
    }

    /// <summary>The strategy a virtual machine asks for, in either form; null when it asks for none.</summary>
    public static RunStrategy? Of(VirtualMachine machine) =>
        machine.Spec.RunStrategy
        ?? machine.Spec.Running switch
        {
            true => RunStrategy.Always,
            false => RunStrategy.Halted,
            null => null,
        };

    /// <summary>What to do next.</summary>
    /// <param name="machine">The virtual machine as it was read.</param>
    /// <param name="instance">The instance of its name, whoever owns it; null when there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random share between 0 and 1, which spreads the retries of many machines.</param>
    public static RunDecision Decide(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        DateTimeOffset now,
        double jitter
    )
    {
        var owned = instance is not null && Owner(instance)?.Uid == machine.Metadata.Uid ? instance : null;
        var startFailure = StartFailures.Next(machine, owned, now, jitter);
        var requests = StateChangeRequests.Pending(machine.Status, owned);
        var serial = machine.Status?.StartSerial;
        var move = Next(
            machine,
            owned,
            AskedOf(machine, owned, requests),
            SeenOf(machine, instance, startFailure, now)
        );
        if (move is Rerun && requests is [])
        {
            serial = (serial ?? 0) + 1;
            requests = [StateChangeRequests.Numbered(StateChangeRequests.Start, serial.Value)];
        }

        return new(
            StepFor(move, machine, instance, startFailure, requests),
            startFailure,
            requests,
            serial,
            ReleasesInstance: owned?.Metadata.Finalizers?.Contains(KubeVirtNames.VirtualMachineFinalizer) == true
                && (
                    (VirtualMachineInstancePhases.IsFinal(owned.Status?.Phase) && !IsSaving(machine, owned))
                    || move is LetGo
                )
        );
    }

    private static Move Next(VirtualMachine machine, VirtualMachineInstance? owned, Asked asked, Seen seen) =>
        machine.Metadata switch
        {
            { DeletionTimestamp: null } when machine.Status?.Shelved is { } shelved => OnShelf(shelved, owned, seen),
            { DeletionTimestamp: null } => Of(machine) is { } strategy ? Next(strategy, asked, seen) : Refuse,
            { Finalizers: { } finalizers } when finalizers.Contains(KubeVirtNames.OrphanFinalizer) => LetGo,
            _ => seen switch
            {
                Active or Succeeded or Failed => Delete,
                Deleting => Rest,
                _ => LetGo,
            },
        };

    /// <summary>A machine that goes has no use for what its disks hold.</summary>
    private static bool IsSaving(VirtualMachine machine, VirtualMachineInstance owned) =>
        machine.Metadata.DeletionTimestamp is null && Shelf.IsSaving(machine.Status, owned);

    private static Move OnShelf(ShelvedState shelved, VirtualMachineInstance? owned, Seen seen) =>
        seen switch
        {
            Active => Delete,
            Succeeded or Failed when owned?.Metadata.Uid == shelved.Instance => Delete,
            _ => Rest,
        };

    private static Move Next(RunStrategy strategy, Asked asked, Seen seen) =>
        (strategy, asked, seen) switch
        {
            (RunStrategy.WaitAsReceiver, _, _) => Refuse,
            (_, _, Deleting) => Rest,

            (RunStrategy.Halted, _, Active or Succeeded or Failed) => Delete,
            (RunStrategy.Halted, _, _) => Rest,
            (_, _, Orphan) => Adopt,

            (RunStrategy.Always, _, Absent) => Start,
            (RunStrategy.Always, _, Held) => Wait,
            (RunStrategy.Always, _, Succeeded or Failed) => Delete,
            (RunStrategy.Always, ToStop, Active) => Delete,
            (RunStrategy.Always, _, Active) => Rest,
            (RunStrategy.Always, _, Foreign) => Refuse,

            (RunStrategy.RerunOnFailure, ToStart, Absent) => Start,
            (RunStrategy.RerunOnFailure, ToStart, Held) => Wait,
            (RunStrategy.RerunOnFailure, ToStart, Foreign) => Refuse,
            (RunStrategy.RerunOnFailure, _, Succeeded) => Delete,
            (RunStrategy.RerunOnFailure, ToStop, Active or Failed) => Delete,
            (RunStrategy.RerunOnFailure, _, Failed) => Rerun,
            (RunStrategy.RerunOnFailure, _, Absent or Held or Active or Foreign) => Rest,

            (RunStrategy.Manual, ToStart, Absent or Held) => Start,
            (RunStrategy.Manual, ToStart, Foreign) => Refuse,
            (RunStrategy.Manual, ToStop, Active or Succeeded or Failed) => Delete,
            (RunStrategy.Manual, _, _) => Rest,

            (RunStrategy.Once, _, Absent or Held) => Start,
            (RunStrategy.Once, ToStop, Active or Succeeded or Failed) => Delete,
            (RunStrategy.Once, _, Foreign) => Refuse,
            (RunStrategy.Once, _, _) => Rest,

            var row => throw new InvalidOperationException($"No row for {row}."),
        };

    private static Asked AskedOf(
        VirtualMachine machine,
        VirtualMachineInstance? owned,
        IReadOnlyList<VirtualMachineStateChangeRequest> requests
    ) =>
        requests switch
        {
            _ when StateChangeRequests.IsTakenBack(machine.Status, owned) => ToStop,
            [{ Action: StateChangeRequests.StopAction }, ..] => ToStop,
            [_, ..] => ToStart,
            _ when Of(machine) is RunStrategy.RerunOnFailure
                    && machine.Status?.RunStrategy is not RunStrategy.RerunOnFailure => ToStart,
            _ => Nothing,
        };

    private static Seen SeenOf(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        VirtualMachineStartFailure? startFailure,
        DateTimeOffset now
    ) =>
        instance switch
        {
            null => startFailure?.RetryAfterTimestamp > now ? Held : Absent,
            _ when Owner(instance) is { } owner && owner.Uid != machine.Metadata.Uid => Foreign,
            { Metadata.DeletionTimestamp: not null } => Deleting,
            _ when Owner(instance) is null => Orphan,
            { Status.Phase: VirtualMachineInstancePhase.Succeeded } => Succeeded,
            { Status.Phase: VirtualMachineInstancePhase.Failed } => Failed,
            _ => Active,
        };

    private static RunStep StepFor(
        Move move,
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        VirtualMachineStartFailure? startFailure,
        IReadOnlyList<VirtualMachineStateChangeRequest> requests
    ) =>
        move switch
        {
            Rest => new RunStep.None(),
            Start => new RunStep.Start(StateChangeRequests.AsksForPause(requests)),
            Wait => new RunStep.Wait(startFailure!.RetryAfterTimestamp!.Value),
            Delete or Rerun => new RunStep.Delete(instance!.Metadata.Uid!),
            Adopt => new RunStep.Adopt(instance!.Metadata.Uid!),
            LetGo => new RunStep.LetGo(),
            Refuse => new RunStep.Refuse("FailedCreate", WhyNot(machine, instance)),
            _ => throw new InvalidOperationException($"No step for {move}."),
        };

    private static string WhyNot(VirtualMachine machine, VirtualMachineInstance? instance) =>
        Of(machine) switch
        {
            null => "spec.runStrategy is missing: set it to Always, RerunOnFailure, Manual, Halted or Once.",
            RunStrategy.WaitAsReceiver => "spec.runStrategy WaitAsReceiver is not implemented: set another one.",
            _ => $"VirtualMachineInstance '{machine.Metadata.Name}' exists and belongs to {Owner(instance!)!.Kind} "
                + $"'{Owner(instance!)!.Name}': delete it, or give this VirtualMachine another name.",
        };

    private static OwnerReference? Owner(VirtualMachineInstance instance) =>
        instance.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);
}
