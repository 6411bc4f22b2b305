using System.Diagnostics;
using System.Globalization;

namespace Vireo.Bench;

/// <summary>What a process costs that has nothing to do.</summary>
internal static class Idle
{
    private const double TicksPerSecond = 100;
    private const double KibPerMib = 1024;

    /// <summary>
    /// The runtime compiles for a while after each new thing that the program did; that is told apart.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

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
        var settling = await CpuShareAsync(vireo.ProcessId, Settling, ct);
        var share = await CpuShareAsync(vireo.ProcessId, time, ct);
        return
        [
            new($"idle, {state}: resident (VmRSS)", Memory(vireo.ProcessId, "status", "VmRSS:"), "MiB", 100),
            new($"idle, {state}: proportional (PSS)", Memory(vireo.ProcessId, "smaps_rollup", "Pss:"), "MiB"),
            new($"idle, {state}: CPU", share * 100, "% core", 0.5),
            new($"idle, {state}: CPU in the minute before", settling * 100, "% core"),
        ];
    }

    private static async Task<double> CpuShareAsync(int process, TimeSpan time, CancellationToken ct)
    {
        var (before, began) = (CpuSeconds(process), Stopwatch.GetTimestamp());
        await Task.Delay(time, ct);
        return (CpuSeconds(process) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A field of what the kernel tells of a process's memory, in MiB.</summary>
    public static double Memory(int process, string file, string field) =>
        double.Parse(
            File.ReadLines($"/proc/{process}/{file}")
                .First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        ) / KibPerMib;

    /// <summary>What a process has used of processors.</summary>
    public static double CpuSeconds(int process)
    {
        // After the name, which may hold spaces: user and system time are the 12th and 13th.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return fields[11..13].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
