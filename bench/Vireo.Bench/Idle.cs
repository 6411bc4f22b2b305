using System.Globalization;

namespace Vireo.Bench;

/// <summary>What a process costs that has nothing to do.</summary>
internal static class Idle
{
    private const double TicksPerSecond = 100;
    private const double KibPerMib = 1024;

    /// <summary>
    /// Lets what a start leaves behind settle: the first garbage collections, the last of the compiling.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <param name="vireo">The program.</param>
    /// <param name="state">What else goes on, for the figures' names.</param>
    /// <param name="time">How long it is watched.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<IReadOnlyList<Figure>> WatchAsync(
        RunningVireo vireo,
        string state,
        TimeSpan time,
        CancellationToken ct
    )
    {
        await Task.Delay(Settling, ct);
        var (before, began) = (CpuSeconds(vireo.ProcessId), DateTimeOffset.UtcNow);
        await Task.Delay(time, ct);
        var used = CpuSeconds(vireo.ProcessId) - before;
        var share = used / (DateTimeOffset.UtcNow - began).TotalSeconds;
        return
        [
            new($"idle, {state}: resident (VmRSS)", Memory(vireo.ProcessId, "status", "VmRSS:"), "MiB", 100),
            new($"idle, {state}: proportional (PSS)", Memory(vireo.ProcessId, "smaps_rollup", "Pss:"), "MiB"),
            new($"idle, {state}: CPU", share * 100, "% core", 0.5),
        ];
    }

    private static double Memory(int process, string file, string field) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/{file}")
                .First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        ) / KibPerMib;

    private static double CpuSeconds(int process)
    {
        // After the name, which may hold spaces: user and system time are the 12th and 13th.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return fields[11..13].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
