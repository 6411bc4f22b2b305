using Vireo.Api;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Rules.Migrations;

/// <summary>Guests and migrations to start from.</summary>
internal static class Moves
{
    public const string Uid = "move-1";

    public static DateTimeOffset Now { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A guest that runs on host a.</summary>
    public static VirtualMachineInstance Guest(VirtualMachineInstanceMigrationState? state = null) =>
        new()
        {
            Metadata = new()
            {
                Name = "web",
                Namespace = "default",
                Uid = "guest",
            },
            Spec = Samples.InstanceSpec(),
            Status = new()
            {
                Phase = VirtualMachineInstancePhase.Running,
                NodeName = "a",
                Conditions = [new() { Type = LiveMigratable.Type, Status = "True" }],
                MigrationState = state,
            },
        };

    public static VirtualMachineInstance With(
        this VirtualMachineInstance instance,
        Func<VirtualMachineInstanceStatus, VirtualMachineInstanceStatus> change
    ) => instance with { Status = change(instance.Status!) };

    public static VirtualMachineInstance Deleted(this VirtualMachineInstance instance) =>
        instance with
        {
            Metadata = instance.Metadata with { DeletionTimestamp = Now },
        };

    public static VirtualMachineInstanceMigrationState Assigned { get; } =
        new()
        {
            MigrationUid = Uid,
            SourceNode = "a",
            TargetNode = "b",
        };

    public static VirtualMachineInstanceMigrationState Prepared { get; } =
        Assigned with
        {
            TargetNodeAddress = "unix:///b/agent.sock",
        };

    public static VirtualMachineInstanceMigrationState Begun { get; } =
        Prepared with
        {
            StartTimestamp = Now,
            Mode = "PreCopy",
        };

    public static VirtualMachineInstanceMigrationState Failed { get; } =
        Begun with
        {
            EndTimestamp = Now,
            Completed = true,
            Failed = true,
            FailureReason = "The line was cut.",
        };

    public static VirtualMachineInstance Moved { get; } = MigrationStates.Succeeded(Guest(Begun), Now);

    public static VirtualMachineInstanceMigration Migration(
        Phase? phase,
        string uid = Uid,
        string vmi = "web",
        int age = 0,
        params string[] annotations
    ) =>
        new()
        {
            Metadata = new()
            {
                Name = uid,
                Namespace = "default",
                Uid = uid,
                Finalizers = [MigrationNames.Finalizer],
                CreationTimestamp = Now.AddSeconds(-age),
                Annotations = annotations.ToDictionary(one => one, _ => "", StringComparer.Ordinal),
            },
            Spec = new() { VmiName = vmi },
            Status = phase is null
                ? null
                : new()
                {
                    Phase = phase,
                    PhaseTransitionTimestamps =
                    [
                        new() { Phase = phase, PhaseTransitionTimestamp = Now.AddSeconds(-age) },
                    ],
                    MigrationState = phase is Phase.Pending or Phase.Scheduling
                        ? null
                        : Assigned with
                        {
                            MigrationUid = uid,
                        },
                },
        };

    public static VirtualMachineInstanceMigration Cancelled(this VirtualMachineInstanceMigration migration) =>
        migration with
        {
            Metadata = migration.Metadata with { DeletionTimestamp = Now },
        };

    public static MigrationScene Scene(
        VirtualMachineInstanceMigration migration,
        VirtualMachineInstance? instance,
        params VirtualMachineInstanceMigration[] others
    ) => new(migration, instance, [migration, .. others], new(), Now);
}
