using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the cluster's configuration says of moves between hosts.</summary>
internal static class MigrationConfigurationRules
{
    public static IEnumerable<FieldError> Check(MigrationConfiguration? migrations, string path)
    {
        if (migrations?.BandwidthPerMigration is { Value: < 0 } bandwidth)
        {
            var field = $"{path}.bandwidthPerMigration";
            yield return FieldError.Invalid(field, $"{field}: {bandwidth} must not be negative; 0 is no limit.");
        }

        if (migrations?.NodeDrainTaintKey is { Length: > 0 } key && !NameRules.IsLabelKey(key))
        {
            var field = $"{path}.nodeDrainTaintKey";
            yield return FieldError.Invalid(field, $"{field}: '{key}' {NameRules.LabelKeyForm}.");
        }
    }

    public static IEnumerable<string> Warnings(MigrationConfiguration? migrations, string path)
    {
        if (migrations?.DisableTLS == true)
        {
            yield return $"{path}.disableTLS: guests' memory and disks go between hosts in plain text, for whoever reads "
                + "along on the network.";
        }

        if (migrations?.ParallelMigrationsPerCluster == 0)
        {
            yield return $"{path}.parallelMigrationsPerCluster is 0: no guest moves to another host.";
        }

        if (migrations?.ParallelOutboundMigrationsPerNode == 0)
        {
            yield return $"{path}.parallelOutboundMigrationsPerNode is 0: no guest moves to another host.";
        }
    }
}
