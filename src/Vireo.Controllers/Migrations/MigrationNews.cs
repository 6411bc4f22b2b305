using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Controllers.Migrations;

/// <summary>The events that tell how a migration goes.</summary>
internal static class MigrationNews
{
    /// <summary>The event of a phase that was entered; null where there is none.</summary>
    public static (string Type, string Reason, string Message)? Of(
        VirtualMachineInstanceMigrationStatus? before,
        VirtualMachineInstanceMigrationStatus next
    )
    {
        if (before?.Phase == next.Phase)
        {
            return null;
        }

        var state = next.MigrationState;
        var way = $"from {state?.SourceNode} to {state?.TargetNode}";
        return next.Phase switch
        {
            Phase.PreparingTarget => (
                "Normal",
                "PreparingTarget",
                $"Host {state?.TargetNode} is made ready for the guest."
            ),
            Phase.Running => ("Normal", "Migrating", $"The guest moves {way}."),
            Phase.Succeeded => ("Normal", "Migrated", $"The guest moved {way}."),
            Phase.Failed => ("Warning", "FailedMigration", state?.FailureReason ?? "The migration failed."),
            _ => null,
        };
    }
}
