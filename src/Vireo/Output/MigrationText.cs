using System.Globalization;
using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.Clusters;
using Vireo.Rules;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Output;

/// <summary>How a migration is told to people, and to programs.</summary>
internal static class MigrationText
{
    private const long MiB = 1 << 20;

    /// <summary>How far it is, in one line.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="instance">Its instance; null when there is none.</param>
    public static string Line(VirtualMachineInstanceMigration migration, VirtualMachineInstance? instance)
    {
        var phase = migration.Status?.Phase ?? Phase.Pending;
        var waiting = Conditions.Find(migration.Status?.Conditions, MigrationNames.WaitingCondition)?.Message;
        var state =
            instance?.Status?.MigrationState is { } told && told.MigrationUid == migration.Metadata.Uid
                ? told
                : migration.Status?.MigrationState;
        var what = phase switch
        {
            Phase.Pending or Phase.Scheduling => waiting,
            Phase.Scheduled or Phase.PreparingTarget or Phase.TargetReady =>
                $"from {state?.SourceNode} to {state?.TargetNode}",
            Phase.Running when state?.EndTimestamp is not null =>
                $"is on {state.TargetNode}, and is given its processors and memory",
            Phase.Running => Progress(state),
            Phase.Failed => state?.FailureReason,
            _ => null,
        };
        return string.IsNullOrEmpty(what) ? $"{phase}" : $"{phase}: {what}";
    }

    /// <summary>What came of one that succeeded.</summary>
    public static string Success(VirtualMachineInstanceMigrationState? state)
    {
        var text = $"moved from {state?.SourceNode} to {state?.TargetNode}";
        if (state is { StartTimestamp: { } begin, EndTimestamp: { } end } && end > begin)
        {
            text += $" in {Durations.Text(end - begin)}";
        }

        return state?.Progress?.DowntimeMilliseconds is { } down
            ? string.Create(CultureInfo.InvariantCulture, $"{text}; it stood still for {down} ms")
            : text;
    }

    /// <summary>All that is known of one, for programs.</summary>
    public static JsonObject Document(VirtualMachineInstanceMigration migration)
    {
        var state = migration.Status?.MigrationState;
        return new()
        {
            ["migration"] = migration.Metadata.Name,
            ["phase"] = migration.Status?.Phase?.ToString(),
            ["source"] = state?.SourceNode,
            ["target"] = state?.TargetNode,
            ["failure"] = state?.FailureReason,
            ["downtimeMilliseconds"] = state?.Progress?.DowntimeMilliseconds,
        };
    }

    private static string Progress(VirtualMachineInstanceMigrationState? state)
    {
        var (way, progress) = ($"from {state?.SourceNode} to {state?.TargetNode}", state?.Progress);
        if (state?.AbortRequested == true)
        {
            return $"{way}, is being cancelled";
        }

        if (progress is not { MemoryTotal: > 0 and var total })
        {
            return way;
        }

        var left = progress.MemoryRemaining ?? 0;
        var text = $"{way}, {Mebibytes(left)} of {Mebibytes(total)} left";
        return progress.MemoryRate is > 0 and var rate ? $"{text}, {Mebibytes(rate)} a second" : text;
    }

    private static string Mebibytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(bytes + MiB - 1) / MiB}Mi");
}
