using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides what the agents of the two hosts of a migration do, from what the instance's status says.</summary>
/// <remarks>
/// Who writes what in <c>status.migrationState</c>, in this order; each write is guarded by the instance's revision and
/// decided anew when somebody else was faster:
/// <code>
/// controller  migrationUid, sourceNode, targetNode           a host was chosen          MigrationStates.Assigned
/// target      targetNodeAddress                              it can receive the guest   MigrationStates.Prepared
/// source      startTimestamp, mode                           the guest begins to move   MigrationStates.Begun
/// source      progress, at most once a second                                           MigrationStates.Progressed
/// source      completed, endTimestamp, and with it nodeName  the guest is on the target MigrationStates.Succeeded
/// anyone      completed, failed, failureReason, endTimestamp it is not                  MigrationStates.Failed
/// controller  abortRequested                                 somebody cancelled it      MigrationStates.AbortAsked
/// source      abortStatus                                                               MigrationStates.Aborting
/// </code>
/// Before the begin anyone may end it: the guest has not moved. After it, the source ends it as long as its agent is
/// there; the target may say that it has the guest, or, having made sure that it never will, that it has not.
/// <code>
/// source \ guest here   here, no job   here, job   ended   absent
/// not prepared          Wait           Abort       Fail    Fail
/// prepared              Begin          Abort       Fail    Fail
/// begun                 Fail           Follow      Fail    LeaveToTarget
/// begun, to abort       Fail           Abort       Fail    LeaveToTarget
/// succeeded             CleanUp        CleanUp     CleanUp CleanUp
/// failed                None           Abort       None    None
///
/// target \ guest here   absent, closed absent, open   incoming    here
/// not prepared          Prepare        Prepare        CleanUp     Wait
/// prepared              Prepare        Wait           Wait        Wait
/// begun                 GiveUp         Wait           Wait        Wait, then Claim
/// begun, source silent  GiveUp         GiveUp         GiveUp      Claim
/// succeeded             None           None           None        None
/// failed                CleanUp        CleanUp        CleanUp     CleanUp
/// </code>
/// A source that finds the guest absent after the begin leaves it to the target: either the target has it, and claims
/// it, or it gives up, and then the guest is lost with the source's power and ends as guests do then.
/// </remarks>
public static class MigrationSteps
{
    /// <summary>How long the target leaves it to the source to say that the guest has arrived.</summary>
    public static readonly TimeSpan ClaimAfter = TimeSpan.FromSeconds(5);

    /// <summary>The next step of the agent of <see cref="MigrationSight.Host" />.</summary>
    public static MigrationStep Next(MigrationSight sight)
    {
        var state = sight.State;
        return state is null ? new MigrationStep.None()
            : state.TargetNode == sight.Host ? OfTarget(sight, state)
            : state.SourceNode == sight.Host ? OfSource(sight, state)
            : new MigrationStep.None();
    }

    private static MigrationStep OfSource(MigrationSight sight, VirtualMachineInstanceMigrationState state)
    {
        if (state.EndTimestamp is not null)
        {
            return HasMoved(sight.Instance, state) ? new MigrationStep.CleanUp()
                : sight is { Guest: MovingGuest.Here, IsDriving: true } ? new MigrationStep.Abort()
                : new MigrationStep.None();
        }

        var hasBegun = state.StartTimestamp is not null;
        return (sight.Guest, sight.IsDriving) switch
        {
            (MovingGuest.Ended, _) => new MigrationStep.Fail("The guest ended before it was moved."),
            (MovingGuest.Here, true) when !hasBegun || state.AbortRequested == true => new MigrationStep.Abort(),
            (MovingGuest.Here, true) => new MigrationStep.Follow(),
            (MovingGuest.Here, false) when hasBegun => new MigrationStep.Fail(
                state.AbortRequested == true
                    ? MigrationStates.Cancelled
                    : $"The move broke off: the agent of {sight.Host} was ended in the middle. The guest runs on there."
            ),
            (MovingGuest.Here, false) => MayBegin(sight.Instance, state)
                ? new MigrationStep.Begin()
                : new MigrationStep.Wait(),
            _ when hasBegun => new MigrationStep.LeaveToTarget(),
            _ => new MigrationStep.Fail($"The guest is not on {sight.Host} any more."),
        };
    }

    private static MigrationStep OfTarget(MigrationSight sight, VirtualMachineInstanceMigrationState state)
    {
        if (state.EndTimestamp is not null)
        {
            return HasMoved(sight.Instance, state) ? new MigrationStep.None() : new MigrationStep.CleanUp();
        }

        if (state.StartTimestamp is not null)
        {
            return OfReceiver(sight);
        }

        var isPrepared = state.TargetNodeAddress is { Length: > 0 } && sight.IsDriving;
        return sight.Guest switch
        {
            // What is known of the instance is older than its guest's arrival.
            MovingGuest.Here => new MigrationStep.Wait(),
            MovingGuest.Incoming when !isPrepared => new MigrationStep.CleanUp(),
            _ when isPrepared || state.AbortRequested == true => new MigrationStep.Wait(),
            _ => new MigrationStep.Prepare(),
        };
    }

    private static MigrationStep OfReceiver(MigrationSight sight) =>
        sight switch
        {
            { Guest: MovingGuest.Here, IsSourceHeard: false } => new MigrationStep.Claim(),
            { Guest: MovingGuest.Here, HereSince: { } since } when sight.Now - since >= ClaimAfter =>
                new MigrationStep.Claim(),
            { Guest: MovingGuest.Here } => new MigrationStep.Wait(),
            { IsSourceHeard: false } => new MigrationStep.GiveUp(
                $"The guest did not arrive on {sight.Host}, and the host it came from is not heard of."
            ),
            { IsDriving: true } => new MigrationStep.Wait(),
            { Guest: MovingGuest.Incoming } => new MigrationStep.Wait(),
            _ => new MigrationStep.GiveUp(
                $"The guest did not arrive on {sight.Host}: what was prepared for it there is gone."
            ),
        };

    private static bool MayBegin(VirtualMachineInstance instance, VirtualMachineInstanceMigrationState state) =>
        state is { TargetNodeAddress.Length: > 0, AbortRequested: not true }
        && instance.Metadata.DeletionTimestamp is null
        && instance.Status?.Phase is VirtualMachineInstancePhase.Running;

    private static bool HasMoved(VirtualMachineInstance instance, VirtualMachineInstanceMigrationState state) =>
        state.Failed != true && instance.Status?.NodeName == state.TargetNode;
}
