using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Names around migrations that clients look for, most of them fixed by KubeVirt.</summary>
public static class MigrationNames
{
    /// <summary>Holds a migration until it has ended, so that deleting it can end it first.</summary>
    public const string Finalizer = "kubevirt.io/migrationJobFinalize";

    /// <summary>On a migration: the instance that moves.</summary>
    public const string InstanceLabel = "kubevirt.io/vmi-name";

    /// <summary>On a migration that empties a host: the host.</summary>
    public const string EvacuationAnnotation = "kubevirt.io/evacuationMigration";

    /// <summary>On a migration that completes a change of the guest.</summary>
    public const string WorkloadUpdateAnnotation = "kubevirt.io/workloadUpdateMigration";

    /// <summary>On a migration: seconds within which a host must be found for it.</summary>
    public const string UnschedulableAnnotation = "kubevirt.io/migrationUnschedulablePodTimeoutSeconds";

    /// <summary>On a migration: seconds within which the host that was found must be ready.</summary>
    public const string PendingAnnotation = "kubevirt.io/migrationPendingPodTimeoutSeconds";

    /// <summary>On an instance: the host that it is to stay on, though it is drained.</summary>
    public const string EvacuationCancelledAnnotation = "vireo.dev/evacuation-cancelled";

    /// <summary>The taint that asks for a node to be drained, unless the configuration names another.</summary>
    public const string DrainTaint = "kubevirt.io/drain";

    /// <summary>On a migration: it was deleted before it ended.</summary>
    public const string AbortCondition = "migrationAbortRequested";

    /// <summary>On a migration that has not begun to move anything: what it waits for.</summary>
    public const string WaitingCondition = "Waiting";

    internal const string MachinePrefix = "kubevirt-migrate-vm-";
    internal const string EvacuationPrefix = "kubevirt-evacuation-";
    internal const string WorkloadUpdatePrefix = "kubevirt-workload-update-";
    internal const string SystemCritical = "system-critical";
    internal const string UserTriggered = "user-triggered";

    /// <summary>True once nothing more happens to a migration.</summary>
    public static bool IsFinal(VirtualMachineInstanceMigration migration) =>
        migration.Status?.Phase
            is VirtualMachineInstanceMigrationPhase.Succeeded
                or VirtualMachineInstanceMigrationPhase.Failed;

    /// <summary>True for a migration that nobody asked for by hand.</summary>
    public static bool IsAutomatic(VirtualMachineInstanceMigration migration) =>
        Has(migration, EvacuationAnnotation) || Has(migration, WorkloadUpdateAnnotation);

    internal static bool Has(VirtualMachineInstanceMigration migration, string annotation) =>
        migration.Metadata.Annotations?.ContainsKey(annotation) == true;

    /// <summary>A new migration of an instance.</summary>
    internal static VirtualMachineInstanceMigration Make(
        VirtualMachineInstance instance,
        string prefix,
        IReadOnlyDictionary<string, string>? annotations = null,
        string? priority = null
    ) =>
        new()
        {
            Metadata = new()
            {
                Namespace = instance.Metadata.Namespace,
                GenerateName = prefix,
                Annotations = annotations,
            },
            Spec = new() { VmiName = instance.Metadata.Name, Priority = priority },
        };
}
