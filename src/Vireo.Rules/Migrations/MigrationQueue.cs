using System.Globalization;
using Vireo.Api;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Rules;

/// <summary>What a migration waits for before it may begin.</summary>
/// <param name="Reason">In one word.</param>
/// <param name="Message">For a person.</param>
/// <param name="RecheckAfter">When to look again if nothing tells of a change.</param>
public sealed record MigrationHold(string Reason, string Message, TimeSpan RecheckAfter);

/// <summary>Decides when it is a migration's turn.</summary>
/// <remarks>
/// One at a time for an instance, the earlier first; so many at once in the cluster and from one host. Who waits for a
/// place gets it by urgency, then by age. After a failure the next automatic migration of the instance waits, 20 s at
/// first and twice as long with each failure in a row; who asks by hand does not.
/// </remarks>
public static class MigrationQueue
{
    private const string ClusterLimit = "ClusterLimit";
    private const string HostLimit = "HostLimit";
    private const int Kept = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(10);

    /// <summary>What it waits for; null when it is its turn.</summary>
    internal static MigrationHold? Hold(MigrationScene scene, VirtualMachineInstance instance) =>
        NotRunning(instance) ?? Busy(scene, instance) ?? Pause(scene) ?? Places(scene, instance);

    /// <summary>When the next automatic migration of an instance may begin; null for at once.</summary>
    /// <param name="earlier">The migrations of the instance that have ended.</param>
    public static DateTimeOffset? NotBefore(IEnumerable<VirtualMachineInstanceMigration> earlier)
    {
        var failures = NewestFirst(earlier).TakeWhile(one => one.Status?.Phase is Phase.Failed).ToList();
        return failures is [] ? null : EndOf(failures[0]) + FirstPause * (1L << Math.Min(failures.Count - 1, 20));
    }

    /// <summary>The migrations of an instance that are one too many to keep, once they have ended.</summary>
    /// <param name="ofInstance">All migrations of one instance.</param>
    public static IEnumerable<VirtualMachineInstanceMigration> Surplus(
        IEnumerable<VirtualMachineInstanceMigration> ofInstance
    ) => NewestFirst(ofInstance).Skip(Kept);

    /// <summary>
    /// A migration as far as its instance says that it is: it has its place from the moment that the hosts are written
    /// there, and not only once its own phase tells of it.
    /// </summary>
    /// <param name="instance">The instance it moves; null when there is none.</param>
    public static VirtualMachineInstanceMigration AsFarAs(
        VirtualMachineInstanceMigration migration,
        VirtualMachineInstance? instance
    ) =>
        !MigrationNames.IsFinal(migration)
        && !HasPlace(migration)
        && instance?.Status?.MigrationState is { EndTimestamp: null } state
        && state.MigrationUid == migration.Metadata.Uid
            ? migration with
            {
                Status = (migration.Status ?? new()) with { Phase = Phase.Scheduled, MigrationState = state },
            }
            : migration;

    /// <summary>True while it has a place: a host was chosen, and it has not ended.</summary>
    internal static bool HasPlace(VirtualMachineInstanceMigration migration) =>
        migration.Status?.Phase is Phase.Scheduled or Phase.PreparingTarget or Phase.TargetReady or Phase.Running;

    // Times are of whole seconds: of two in one second the later has the higher revision.
    private static IEnumerable<VirtualMachineInstanceMigration> NewestFirst(
        IEnumerable<VirtualMachineInstanceMigration> migrations
    ) =>
        migrations
            .Where(MigrationNames.IsFinal)
            .OrderByDescending(EndOf)
            .ThenByDescending(one =>
                long.TryParse(
                    one.Metadata.ResourceVersion,
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var revision
                )
                    ? revision
                    : 0
            );

    /// <summary>When a migration ended; when it was made, where that is not told.</summary>
    private static DateTimeOffset EndOf(VirtualMachineInstanceMigration migration) =>
        migration.Status?.PhaseTransitionTimestamps is [.., { PhaseTransitionTimestamp: { } last }]
            ? last
            : migration.Metadata.CreationTimestamp ?? default;

    private static MigrationHold? NotRunning(VirtualMachineInstance instance) =>
        instance.Status?.Phase is VirtualMachineInstancePhase.Running
            ? null
            : new("GuestNotRunning", "The guest does not run yet.", Recheck);

    private static MigrationHold? Busy(MigrationScene scene, VirtualMachineInstance instance)
    {
        if (MigrationStates.IsUnderWay(instance))
        {
            return new(
                "InstanceMoves",
                $"Another migration of the instance is under way: {instance.Status!.MigrationState!.MigrationUid}.",
                Recheck
            );
        }

        var earlier = scene.Siblings.FirstOrDefault(other =>
            !MigrationNames.IsFinal(other) && (HasPlace(other) || Ranks(other, scene.Migration))
        );
        return earlier is null
            ? null
            : new("InstanceMoves", $"Migration {earlier.Metadata.Name} of the instance comes first.", Recheck);
    }

    private static MigrationHold? Pause(MigrationScene scene) =>
        MigrationNames.IsAutomatic(scene.Migration) && NotBefore(scene.Siblings) is { } until && until > scene.Now
            ? new(
                "Backoff",
                "The last migration of the instance failed: the next one begins at "
                    + $"{until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}.",
                until - scene.Now
            )
            : null;

    private static MigrationHold? Places(MigrationScene scene, VirtualMachineInstance instance)
    {
        var others = scene.All.Where(other => other.Metadata.Uid != scene.Uid).ToList();
        var moving = others.Where(HasPlace).ToList();
        var inCluster = MigrationLimits.ParallelPerCluster(scene.Configuration);
        if (inCluster - moving.Count <= Ahead(others, scene.Migration, ClusterLimit))
        {
            return new(
                ClusterLimit,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{inCluster} migrations run at once at the most (migrations.parallelMigrationsPerCluster)."
                ),
                Recheck
            );
        }

        var source = instance.Status?.NodeName;
        var fromHost = MigrationLimits.ParallelPerHost(scene.Configuration);
        var leaving = moving.Count(other => other.Status?.MigrationState?.SourceNode == source);
        return fromHost - leaving > Ahead(others, scene.Migration, HostLimit, source)
            ? null
            : new(
                HostLimit,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fromHost} guests leave {source} at once at the most (migrations.parallelOutboundMigrationsPerNode)."
                ),
                Recheck
            );
    }

    /// <summary>How many that wait for the same have a better claim to it.</summary>
    private static int Ahead(
        IEnumerable<VirtualMachineInstanceMigration> others,
        VirtualMachineInstanceMigration migration,
        string reason,
        string? source = null
    ) =>
        others.Count(other =>
            other.Metadata.DeletionTimestamp is null
            && !MigrationNames.IsFinal(other)
            && !HasPlace(other)
            && Conditions.Find(other.Status?.Conditions, MigrationNames.WaitingCondition) is { } waiting
            && waiting.Reason == reason
            && (source is null || waiting.Message?.Contains($" {source} ", StringComparison.Ordinal) == true)
            && Ranks(other, migration)
        );

    private static bool Ranks(VirtualMachineInstanceMigration other, VirtualMachineInstanceMigration than) =>
        Rank(other).CompareTo(Rank(than)) is var order && order != 0
            ? order < 0
            : string.CompareOrdinal(NameOf(other), NameOf(than)) < 0;

    private static (int Urgency, DateTimeOffset Since) Rank(VirtualMachineInstanceMigration migration) =>
        (
            migration.Spec.Priority switch
            {
                MigrationNames.SystemCritical => 0,
                "system-maintenance" => 2,
                _ => 1,
            },
            migration.Metadata.CreationTimestamp ?? default
        );

    private static string NameOf(VirtualMachineInstanceMigration migration) =>
        $"{migration.Metadata.Namespace}/{migration.Metadata.Name}";
}
