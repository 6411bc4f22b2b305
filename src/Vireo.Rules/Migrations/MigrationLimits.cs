using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far one migration may go, from the cluster's configuration.</summary>
/// <param name="BandwidthBytes">Bytes a second; null for no limit.</param>
/// <param name="CompletionTimeout">How long it may take in all.</param>
/// <param name="ProgressTimeout">How long it may make no progress.</param>
/// <param name="MaxDowntimeMs">Milliseconds the guest may stand still.</param>
/// <param name="AllowAutoConverge">True to slow the guest down.</param>
/// <param name="AllowPostCopy">True to let the guest run on the target before all memory is there.</param>
/// <param name="AllowPause">True to stop the guest when the time is up.</param>
/// <param name="MayBePlain">True to let a guest move unencrypted.</param>
public sealed record MigrationLimits(
    long? BandwidthBytes,
    TimeSpan CompletionTimeout,
    TimeSpan ProgressTimeout,
    long MaxDowntimeMs,
    bool AllowAutoConverge,
    bool AllowPostCopy,
    bool AllowPause,
    bool MayBePlain
)
{
    private const long GiB = 1L << 30;
    private const int UsualParallelPerCluster = 5;
    private const int UsualParallelPerHost = 2;
    private const long UsualSeconds = 150;
    private const long UsualDowntimeMs = 900;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The limits of a guest.</summary>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="bytes">What has to move: its memory, and the disks that are copied.</param>
    public static MigrationLimits Of(KubeVirtConfiguration configuration, long bytes)
    {
        var given = configuration.Migrations ?? new();
        var postCopy = given.AllowPostCopy == true;
        return new(
            given.BandwidthPerMigration is { Value: > 0 and var bandwidth } ? bandwidth : null,
            Seconds((given.CompletionTimeoutPerGiB ?? UsualSeconds) * (decimal)Math.Max(1, (bytes + GiB - 1) / GiB)),
            Seconds(given.ProgressTimeout ?? UsualSeconds),
            given.MaxDowntimeMs ?? UsualDowntimeMs,
            given.AllowAutoConverge == true,
            postCopy,
            given.AllowWorkloadDisruption ?? postCopy,
            given.DisableTLS == true
        );
    }

    /// <summary>How many guests move at once in the cluster.</summary>
    public static long ParallelPerCluster(KubeVirtConfiguration configuration) =>
        configuration.Migrations?.ParallelMigrationsPerCluster ?? UsualParallelPerCluster;

    /// <summary>How many guests leave one host at once.</summary>
    public static long ParallelPerHost(KubeVirtConfiguration configuration) =>
        configuration.Migrations?.ParallelOutboundMigrationsPerNode ?? UsualParallelPerHost;

    private static TimeSpan Seconds(decimal seconds) =>
        seconds >= (decimal)Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds((double)seconds);
}
