using System.Diagnostics.Metrics;

namespace Vireo.Runtime;

/// <summary>What operators see of the controllers, under the meter <c>Vireo</c>.</summary>
internal static class RuntimeMetrics
{
    private static readonly Meter Meter = new("Vireo");

    /// <summary>Keys that wait for a worker.</summary>
    public static UpDownCounter<int> QueueDepth { get; } =
        Meter.CreateUpDownCounter<int>("vireo.controller.queue.depth", "{key}", "Objects that wait for a pass.");

    /// <summary>Passes and how long they took, by controller and outcome.</summary>
    public static Histogram<double> Passes { get; } =
        Meter.CreateHistogram<double>("vireo.controller.pass.duration", "s", "How long a pass of a reconciler took.");

    public static KeyValuePair<string, object?> Controller(string name) => new("controller", name);
}
