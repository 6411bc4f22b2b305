using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Every change of <c>status.migrationState</c>.</summary>
/// <remarks>
/// Each gives the whole instance, to be written with the revision it was read with, and decided anew when somebody else
/// was faster. Who writes what, in this order:
/// <code>
/// controller  migrationUid, sourceNode, targetNode           a host was chosen          Assigned
/// target      targetNodeAddress                              it can receive the guest   Prepared
/// source      startTimestamp, mode                           the guest begins to move   Begun
/// source      progress, at most once a second                                           Progressed
/// source      completed, endTimestamp, and with it nodeName  the guest is on the target Succeeded
/// anyone      completed, failed, failureReason, endTimestamp it is not                  Failed
/// controller  abortRequested                                 somebody cancelled it      AbortAsked
/// source      abortStatus                                                               Aborting
/// </code>
/// Before the begin anyone may end it: the guest has not moved. After it, the source ends it as long as its agent is
/// there; the target may say that it has the guest.
/// </remarks>
public static class MigrationStates
{
    /// <summary>Why a migration failed that somebody cancelled.</summary>
    public const string Cancelled = "The migration was cancelled.";

    /// <summary>True while the last migration has a host to go to and has not ended.</summary>
    public static bool IsUnderWay(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState is { EndTimestamp: null, TargetNode: not null };

    /// <summary>True while the guest moves.</summary>
    public static bool IsMoving(VirtualMachineInstance? instance) =>
        instance?.Status?.MigrationState is { StartTimestamp: not null, EndTimestamp: null };

    /// <summary>The instance that is to move to a host.</summary>
    public static VirtualMachineInstance Assigned(
        VirtualMachineInstance instance,
        string migrationUid,
        string target
    ) =>
        With(
            instance,
            new()
            {
                MigrationUid = migrationUid,
                SourceNode = instance.Status?.NodeName,
                TargetNode = target,
            }
        );

    /// <summary>The target can receive the guest.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="address">Where: the target's <c>Host.status.endpoint</c>.</param>
    public static VirtualMachineInstance Prepared(VirtualMachineInstance instance, string address) =>
        With(instance, State(instance) with { TargetNodeAddress = address });

    /// <summary>The guest begins to move.</summary>
    public static VirtualMachineInstance Begun(VirtualMachineInstance instance, DateTimeOffset now) =>
        With(instance, State(instance) with { StartTimestamp = now, Mode = "PreCopy" });

    /// <summary>How much of it has moved.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="progress">How much.</param>
    /// <param name="mode">PreCopy, PostCopy or Paused.</param>
    public static VirtualMachineInstance Progressed(
        VirtualMachineInstance instance,
        MigrationProgress progress,
        string mode = "PreCopy"
    ) => With(instance, State(instance) with { Progress = progress, Mode = mode, TargetNodeDomainDetected = true });

    /// <summary>Somebody wants it ended.</summary>
    public static VirtualMachineInstance AbortAsked(VirtualMachineInstance instance) =>
        With(instance, State(instance) with { AbortRequested = true });

    /// <summary>The source ends it.</summary>
    public static VirtualMachineInstance Aborting(VirtualMachineInstance instance) =>
        With(instance, State(instance) with { AbortStatus = "Aborting" });

    /// <summary>The guest is on the target, and the instance with it.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="now">When it was seen to run there.</param>
    /// <param name="progress">How it went; null leaves what was told.</param>
    public static VirtualMachineInstance Succeeded(
        VirtualMachineInstance instance,
        DateTimeOffset now,
        MigrationProgress? progress = null
    )
    {
        var state = State(instance);
        var ended = state with
        {
            Completed = true,
            Failed = null,
            FailureReason = null,
            EndTimestamp = now,
            TargetNodeDomainDetected = true,
            TargetNodeDomainReadyTimestamp = now,
            AbortStatus = state.AbortRequested == true ? "Failed" : state.AbortStatus,
            Progress = progress ?? state.Progress,
        };
        var moved = With(instance, ended);
        var status = moved.Status!;
        return moved with
        {
            Metadata = moved.Metadata with
            {
                Labels = new Dictionary<string, string>(
                    moved.Metadata.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
                {
                    [KubeVirtNames.NodeNameLabel] = state.TargetNode!,
                },
            },
            Status = status with
            {
                NodeName = state.TargetNode,
                EvacuationNodeName = status.EvacuationNodeName == state.TargetNode ? status.EvacuationNodeName : null,
            },
        };
    }

    /// <summary>The guest is where it was, or has ended.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="why">Why, for a person.</param>
    /// <param name="now">The time.</param>
    public static VirtualMachineInstance Failed(VirtualMachineInstance instance, string why, DateTimeOffset now)
    {
        var state = State(instance);
        return With(
            instance,
            state with
            {
                Completed = true,
                Failed = true,
                FailureReason = why,
                EndTimestamp = now,
                AbortStatus = state.AbortRequested == true ? "Succeeded" : state.AbortStatus,
            }
        );
    }

    private static VirtualMachineInstanceMigrationState State(VirtualMachineInstance instance) =>
        instance.Status?.MigrationState
        ?? throw new InvalidOperationException($"Instance {instance.Metadata.Name} has no migration to change.");

    private static VirtualMachineInstance With(
        VirtualMachineInstance instance,
        VirtualMachineInstanceMigrationState state
    ) => instance with { Status = (instance.Status ?? new()) with { MigrationState = state } };
}
