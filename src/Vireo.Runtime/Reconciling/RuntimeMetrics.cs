using System.Diagnostics.Metrics;

namespace Vireo.Runtime;

/// <summary>What operators see of the controllers, under the meter <c>Vireo</c>.</summary>
internal static class RuntimeMetrics
{
    private static readonly Meter Meter = new("Vireo");

    /// <summary>Keys that wait for a worker.</summary>
    public static UpDownCounter<long> QueueDepth { get; } =
        Meter.CreateUpDownCounter<long>("vireo.controller.queue.depth", "{key}", "Objects that wait for a pass.");

    /// <summary>Passes, by controller and outcome.</summary>
    public static Counter<long> Passes { get; } =
        Meter.CreateCounter<long>("vireo.controller.passes", "{pass}", "How often objects were looked at.");

    public static KeyValuePair<string, object?> Controller(string name) => new("controller", name);
}
