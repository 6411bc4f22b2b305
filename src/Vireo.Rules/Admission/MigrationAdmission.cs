using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Migrations: of an instance that can move, one at a time, and as they were asked for.</summary>
public static class MigrationAdmission
{
    private const string Path = "spec";

    /// <summary>Why an instance cannot move now, in KubeVirt's words; null when it can.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="instance">The instance of the name it gives; null when there is none.</param>
    /// <param name="ofInstance">The migrations of that instance.</param>
    public static string? WhyNot(
        VirtualMachineInstanceMigration migration,
        VirtualMachineInstance? instance,
        IEnumerable<VirtualMachineInstanceMigration> ofInstance
    )
    {
        var name = migration.Spec.VmiName;
        return instance is null ? $"the VMI \"{migration.Metadata.Namespace}/{name}\" does not exist"
            : VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase) ? "Cannot migrate VMI in finalized state."
            : LiveMigratable.WhyNot(instance) is var (reason, message)
                ? $"Cannot migrate VMI, Reason: {reason}, Message: {message}"
            : ofInstance.FirstOrDefault(other => !MigrationNames.IsFinal(other)) is { } other
                ? $"in-flight migration detected. Active migration job ({other.Metadata.Uid}) is currently already in "
                    + $"progress for VMI {name}."
            : null;
    }

    internal static AdmissionResult Review(AdmissionRequest request, VirtualMachineInstanceMigration migration) =>
        request.OldObject is VirtualMachineInstanceMigration old
            ? Update(request.Context, old, migration)
            : AdmissionResult.Of(Complete(migration), Check(request.Context, migration.Spec));

    private static AdmissionResult Update(
        AdmissionContext context,
        VirtualMachineInstanceMigration old,
        VirtualMachineInstanceMigration next
    )
    {
        var errors = new List<FieldError>();
        if (!SameJson.Are(old.Spec, next.Spec, ApiJson.Default.VirtualMachineInstanceMigrationSpec))
        {
            errors.Add(FieldError.NotSupported(Path, "update of Migration object's spec is restricted"));
        }

        if (LabelOf(old) != LabelOf(next) && next.Metadata.DeletionTimestamp is null && !MigrationNames.IsFinal(next))
        {
            const string field = $"metadata.labels[{MigrationNames.InstanceLabel}]";
            errors.Add(FieldError.Forbidden(field, $"{field}: it says which instance moves; leave it as it is."));
        }

        return AdmissionResult.Of(context.IsSystem ? next : next with { Status = old.Status }, errors);
    }

    private static IEnumerable<FieldError> Check(AdmissionContext context, VirtualMachineInstanceMigrationSpec? spec)
    {
        if (string.IsNullOrEmpty(spec?.VmiName))
        {
            yield return FieldError.Required($"{Path}.vmiName", "vmiName is missing");
        }

        if (!context.IsSystem && !string.IsNullOrEmpty(spec?.Priority))
        {
            const string field = $"{Path}.priority";
            yield return FieldError.Forbidden(field, $"{field}: only Vireo itself sets it; leave it out.");
        }

        foreach (var error in MetadataRules.Labels(spec?.AddedNodeSelector, $"{Path}.addedNodeSelector"))
        {
            yield return error;
        }
    }

    private static VirtualMachineInstanceMigration Complete(VirtualMachineInstanceMigration migration)
    {
        var metadata = migration.Metadata;
        if (migration.Spec?.VmiName is not { Length: > 0 } name)
        {
            return migration;
        }

        return migration with
        {
            Status = null,
            Metadata = metadata with
            {
                Labels = new Dictionary<string, string>(
                    metadata.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
                {
                    [MigrationNames.InstanceLabel] = name,
                },
                Finalizers =
                [
                    .. (metadata.Finalizers ?? []).Where(finalizer => finalizer != MigrationNames.Finalizer),
                    MigrationNames.Finalizer,
                ],
            },
        };
    }

    private static string? LabelOf(VirtualMachineInstanceMigration migration) =>
        migration.Metadata.Labels?.GetValueOrDefault(MigrationNames.InstanceLabel);
}
