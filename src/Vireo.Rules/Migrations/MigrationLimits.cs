using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How many guests move at once.</summary>
public static class MigrationLimits
{
    private const int UsualParallelPerCluster = 5;
    private const int UsualParallelPerHost = 2;

    /// <summary>How many guests move at once in the cluster.</summary>
    public static long ParallelPerCluster(KubeVirtConfiguration configuration) =>
        configuration.Migrations?.ParallelMigrationsPerCluster ?? UsualParallelPerCluster;

    /// <summary>How many guests leave one host at once.</summary>
    public static long ParallelPerHost(KubeVirtConfiguration configuration) =>
        configuration.Migrations?.ParallelOutboundMigrationsPerNode ?? UsualParallelPerHost;
}
