using System.Globalization;
using System.Text.Json.Nodes;

namespace Vireo.ApiBench;

/// <summary>What was measured, in order; each figure is told as soon as it is there.</summary>
internal sealed class Measures
{
    private readonly List<(string Name, double Value)> _figures = [];

    public void Add(string name, double value)
    {
        if (!double.IsNaN(value))
        {
            _figures.Add((name, value));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name, -44} {value, 10:0.##}"));
        }
    }

    public JsonObject ToJson() =>
        new(_figures.Select(figure => KeyValuePair.Create(figure.Name, (JsonNode?)Math.Round(figure.Value, 3))));

    /// <summary>The sample below which a share of all lie.</summary>
    public static double At(IReadOnlyList<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }
}
