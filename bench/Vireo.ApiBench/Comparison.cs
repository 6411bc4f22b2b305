using System.Globalization;
using System.Text.Json.Nodes;

namespace Vireo.ApiBench;

/// <summary>Two servers' figures side by side: how many times better, and what the goal is.</summary>
internal static class Comparison
{
    public static void Print(JsonObject ours, JsonObject peer)
    {
        Console.WriteLine("| | Vireo | peer | times better | goal |");
        Console.WriteLine("|---|---:|---:|---:|---|");
        foreach (var (name, value) in ours)
        {
            if (peer[name] is { } other)
            {
                var (mine, theirs) = ((double)value!, (double)other);
                var better = name.EndsWith("/s", StringComparison.Ordinal) ? mine / theirs : theirs / mine;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {name} | {mine:0.##} | {theirs:0.##} | {better:0.0} | {Verdict(Goal(name), better)} |"
                    )
                );
            }
        }
    }

    /// <summary>How many times better than the peer a figure is to be; null where no goal is named.</summary>
    private static double? Goal(string name)
    {
        var isWrite =
            name.StartsWith("creates", StringComparison.Ordinal)
            || name.StartsWith("merge patches", StringComparison.Ordinal);
        return name switch
        {
            _ when isWrite && name.EndsWith(" 1 client, /s", StringComparison.Ordinal) => 3,
            _ when isWrite && name.EndsWith("/s", StringComparison.Ordinal) => 10,
            _ when name.StartsWith("GETs", StringComparison.Ordinal) && name.EndsWith("/s", StringComparison.Ordinal) =>
                5,
            _ when name.StartsWith("LIST", StringComparison.Ordinal) => 10,
            _ when name.StartsWith("watch event", StringComparison.Ordinal)
                    && name.Contains("p99", StringComparison.Ordinal) => 2,
            "memory empty, MiB" => 4,
            "memory after the load, MiB" => 10,
            _ => null,
        };
    }

    private static string Verdict(double? goal, double better) =>
        goal is { } wanted
            ? string.Create(CultureInfo.InvariantCulture, $"{wanted:0}: {(better >= wanted ? "met" : "not met")}")
            : "";
}
