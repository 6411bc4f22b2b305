namespace Vireo.Bench;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit">Of what.</param>
/// <param name="Budget">What it may be; null where the design names no budget.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Budget = null)
{
    /// <summary>Every single measurement, in order, where there were several.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>The middle of the samples.</summary>
    public static Figure Median(string name, IReadOnlyList<double> samples, string unit, double? budget = null) =>
        new(name, At(samples, 0.5), unit, budget) { Samples = samples };

    /// <summary>What 95 of 100 samples stay below.</summary>
    public static Figure P95(string name, IReadOnlyList<double> samples, string unit) =>
        new(name, At(samples, 0.95), unit);

    /// <summary>The sample at a share of the sorted row; between two, the mean by distance.</summary>
    private static double At(IReadOnlyList<double> samples, double share)
    {
        var sorted = samples.Order().ToList();
        var place = share * (sorted.Count - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - Math.Floor(place)));
    }
}
