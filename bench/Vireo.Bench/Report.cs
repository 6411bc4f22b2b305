using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vireo.Bench;

/// <summary>Shows what was measured.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(
        IReadOnlyDictionary<string, string> machine,
        IReadOnlyList<Figure> figures,
        TextWriter writer
    )
    {
        foreach (var (name, value) in machine)
        {
            writer.WriteLine($"{name, -14} {value}");
        }

        writer.WriteLine();
        var width = figures.Max(figure => figure.Name.Length);
        foreach (var figure in figures)
        {
            var line = $"{figure.Name.PadRight(width)}  {Number(figure.Value), 8} {figure.Unit, -8}  {Verdict(figure)}";
            writer.WriteLine(line.TrimEnd());
        }
    }

    public static string ToJson(IReadOnlyDictionary<string, string> machine, IReadOnlyList<Figure> figures) =>
        new JsonObject
        {
            ["machine"] = new JsonObject(machine.Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value))),
            ["figures"] = new JsonArray([.. figures.Select(ToJson)]),
        }.ToJsonString(Indented) + "\n";

    private static JsonNode ToJson(Figure figure) =>
        new JsonObject
        {
            ["name"] = figure.Name,
            ["value"] = Math.Round(figure.Value, 3),
            ["unit"] = figure.Unit,
            ["budget"] = figure.Budget,
            ["met"] = figure.Budget is { } budget ? figure.Value <= budget : null,
            ["samples"] = new JsonArray([.. figure.Samples.Select(sample => (JsonNode)Math.Round(sample, 3))]),
        };

    private static string Verdict(Figure figure) =>
        figure.Budget is { } budget
            ? $"budget {Number(budget)} {figure.Unit}: {(figure.Value <= budget ? "met" : "not met")}"
            : "";

    private static string Number(double value) =>
        value.ToString(
            value >= 100 ? "0"
                : value >= 10 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
}
