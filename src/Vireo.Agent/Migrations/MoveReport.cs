using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>Says how a move is: the only place where the agent makes an instance's migration state. Pure.</summary>
/// <remarks>Each gives the very instance back when there is nothing to say, or it is no longer about the move.</remarks>
internal static class MoveReport
{
    /// <summary>The other host can take the guest.</summary>
    public static VirtualMachineInstance Invited(VirtualMachineInstance instance, string migrationUid, string endpoint) =>
        Change(instance, migrationUid, state => state with { TargetNodeAddress = endpoint });

    /// <summary>The guest begins to move.</summary>
    public static VirtualMachineInstance Begun(
        VirtualMachineInstance instance,
        string migrationUid,
        DateTimeOffset now
    ) =>
        Change(
            instance,
            migrationUid,
            state => state with { StartTimestamp = state.StartTimestamp ?? now, Mode = "PreCopy" }
        );

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
            state =>
                state with
                {
                    Progress = progress,
                    TargetNodeDomainDetected = true,
                    Mode = haste switch
                    {
                        MoveHaste.PostCopy => "PostCopy",
                        MoveHaste.Pause => "Paused",
                        _ => state.Mode,
                    },
                }
        );

    /// <summary>Somebody wants it to end, and it does not yet.</summary>
    public static VirtualMachineInstance Aborting(VirtualMachineInstance instance, string migrationUid) =>
        Change(instance, migrationUid, state => state with { AbortStatus = "Aborting" });

    /// <summary>The guest runs on where it was.</summary>
    public static VirtualMachineInstance Failed(
        VirtualMachineInstance instance,
        string migrationUid,
        string reason,
        DateTimeOffset now
    ) =>
        Change(
            instance,
            migrationUid,
            state =>
                state with
                {
                    Completed = true,
                    Failed = true,
                    FailureReason = reason,
                    EndTimestamp = now,
                    AbortStatus = state.AbortRequested == true ? "Succeeded" : null,
                }
        );

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
    )
    {
        var told = Change(
            instance,
            migrationUid,
            state =>
                state with
                {
                    Completed = true,
                    Failed = null,
                    FailureReason = null,
                    StartTimestamp = state.StartTimestamp ?? now,
                    EndTimestamp = now,
                    TargetNodeDomainDetected = true,
                    TargetNodeDomainReadyTimestamp = now,
                    AbortStatus = state.AbortRequested == true ? "Failed" : null,
                    Progress = progress ?? state.Progress,
                }
        );
        return ReferenceEquals(told, instance) ? instance : Bound(told, told.Status!.MigrationState!.TargetNode!);
    }

    /// <summary>The guest was found to run on a host that the instance is not bound to, and nowhere else.</summary>
    public static VirtualMachineInstance Claimed(
        VirtualMachineInstance instance,
        string migrationUid,
        string node,
        DateTimeOffset now
    ) =>
        instance.Status?.MigrationState is { EndTimestamp: not null } state
        && state.MigrationUid == migrationUid
        && state.TargetNode == node
            ? Bound(instance, node)
            : Completed(instance, migrationUid, null, now);

    private static VirtualMachineInstance Bound(VirtualMachineInstance instance, string node) =>
        instance with
        {
            Metadata = instance.Metadata with
            {
                Labels = new Dictionary<string, string>(
                    instance.Metadata.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
                {
                    [KubeVirtNames.NodeNameLabel] = node,
                },
            },
            Status = instance.Status! with { NodeName = node },
        };

    private static VirtualMachineInstance Change(
        VirtualMachineInstance instance,
        string migrationUid,
        Func<VirtualMachineInstanceMigrationState, VirtualMachineInstanceMigrationState> change
    ) =>
        Moves.UnderWay(instance) is { } state && state.MigrationUid == migrationUid && change(state) is var next
        && next != state
            ? instance with
            {
                Status = instance.Status! with { MigrationState = next },
            }
            : instance;
}
