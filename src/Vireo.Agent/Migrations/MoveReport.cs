using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>
/// Says how a move is, in the words of <see cref="MigrationStates"/>, if the instance is still about that move. Pure.
/// </summary>
/// <remarks>Each gives the very instance back when there is nothing to say.</remarks>
internal static class MoveReport
{
    /// <summary>The other host can take the guest.</summary>
    public static VirtualMachineInstance Invited(
        VirtualMachineInstance instance,
        string migrationUid,
        string endpoint
    ) => Change(instance, migrationUid, now => MigrationStates.Prepared(now, endpoint));

    /// <summary>The guest begins to move.</summary>
    public static VirtualMachineInstance Begun(
        VirtualMachineInstance instance,
        string migrationUid,
        DateTimeOffset now
    ) =>
        instance.Status?.MigrationState?.StartTimestamp is not null
            ? instance
            : Change(instance, migrationUid, present => MigrationStates.Begun(present, now));

    /// <summary>How far it is.</summary>
    public static VirtualMachineInstance Progressed(
        VirtualMachineInstance instance,
        string migrationUid,
        MigrationProgress progress,
        MoveHaste? haste
    ) =>
        Change(
            instance,
            migrationUid,
            now =>
                MigrationStates.Progressed(
                    now,
                    progress,
                    haste switch
                    {
                        MoveHaste.PostCopy => "PostCopy",
                        MoveHaste.Pause => "Paused",
                        _ => "PreCopy",
                    }
                )
        );

    /// <summary>Somebody wants it to end, and it does not yet.</summary>
    public static VirtualMachineInstance Aborting(VirtualMachineInstance instance, string migrationUid) =>
        Change(instance, migrationUid, MigrationStates.Aborting);

    /// <summary>The guest runs on where it was, or has ended.</summary>
    public static VirtualMachineInstance Failed(
        VirtualMachineInstance instance,
        string migrationUid,
        string reason,
        DateTimeOffset now
    ) => Change(instance, migrationUid, present => MigrationStates.Failed(present, reason, now));

    /// <summary>The guest runs on the other host, to which the instance is bound from now on.</summary>
    /// <param name="instance">The instance as it is.</param>
    /// <param name="migrationUid">The move.</param>
    /// <param name="progress">How it went; null when it is not known.</param>
    /// <param name="now">The time.</param>
    public static VirtualMachineInstance Completed(
        VirtualMachineInstance instance,
        string migrationUid,
        MigrationProgress? progress,
        DateTimeOffset now
    ) => Change(instance, migrationUid, present => MigrationStates.Succeeded(present, now, progress));

    /// <summary>The guest was found to run on a host that the instance is not bound to, and nowhere else.</summary>
    /// <remarks>Even when the move was thought to have failed: where the guest runs is the truth.</remarks>
    public static VirtualMachineInstance Claimed(
        VirtualMachineInstance instance,
        string migrationUid,
        DateTimeOffset now
    ) =>
        instance.Status?.MigrationState?.MigrationUid == migrationUid
        && instance.Status.NodeName != instance.Status.MigrationState.TargetNode
            ? MigrationStates.Succeeded(instance, now)
            : instance;

    private static VirtualMachineInstance Change(
        VirtualMachineInstance instance,
        string migrationUid,
        Func<VirtualMachineInstance, VirtualMachineInstance> change
    ) =>
        Moves.UnderWay(instance)?.MigrationUid == migrationUid
        && change(instance) is var next
        && next.Status!.MigrationState != instance.Status!.MigrationState
            ? next
            : instance;
}
