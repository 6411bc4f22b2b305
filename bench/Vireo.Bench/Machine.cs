using System.Diagnostics;
using System.Globalization;

namespace Vireo.Bench;

/// <summary>The facts of the machine without which the figures say nothing.</summary>
internal static class Machine
{
    private const int Syncs = 50;

    /// <summary>Each fact by its name. To be asked before the measuring itself makes load.</summary>
    public static IReadOnlyDictionary<string, string> Describe() =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Time"] = DateTimeOffset.UtcNow.ToString("u", CultureInfo.InvariantCulture),
            ["CPU"] = FieldOf("/proc/cpuinfo", "model name"),
            ["Cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["Memory"] = FieldOf("/proc/meminfo", "MemTotal"),
            ["Kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            ["Load at start"] = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)),
            ["QEMU"] = Programs.FirstLine("qemu-system-x86_64", "--version"),
            ["libvirt"] = Programs.FirstLine("libvirtd", "--version"),
            ["Runtime"] = $".NET {Environment.Version}",
            ["Disk"] = string.Create(CultureInfo.InvariantCulture, $"{SyncMilliseconds():0.0} ms for write and fsync"),
        };

    private static string FieldOf(string file, string field) =>
        File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim()
        ?? "unknown";

    /// <summary>The middle of several: each acknowledged write of the API waits for one.</summary>
    private static double SyncMilliseconds()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var samples = new List<double>();
            for (var i = 0; i < Syncs; i++)
            {
                var began = Stopwatch.GetTimestamp();
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
                samples.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return Figure.Median("", samples, "").Value;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
