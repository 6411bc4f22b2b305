using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Vireo.ApiServer.Metrics;

/// <summary>One count of the process.</summary>
/// <param name="Name">The instrument's name, for example <c>vireo.machine_type_transition.steps</c>.</param>
/// <param name="Description">What it counts.</param>
/// <param name="Tags">What sets it apart, by name.</param>
/// <param name="Total">Its value.</param>
/// <param name="IsGauge">True for what also goes down.</param>
internal sealed record Measure(
    string Name,
    string? Description,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    long Total,
    bool IsGauge
);

/// <summary>Adds up the counters of a meter, from its own making on.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Measure> _totals = new(StringComparer.Ordinal);

    /// <param name="meter">The meter's name.</param>
    public MetricsCollector(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter && instrument is Counter<long> or UpDownCounter<long>)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, amount, tags, _) => Add(instrument, amount, tags));
        _listener.Start();
    }

    /// <summary>All that was counted, in an order that stays.</summary>
    public IReadOnlyList<Measure> Read() =>
        [.. _totals.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value)];

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long amount, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = tags.ToArray()
            .Select(tag =>
                KeyValuePair.Create(tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")
            )
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .ToArray();
        var key = $"{instrument.Name}\n{string.Join('\n', named.Select(tag => $"{tag.Key}={tag.Value}"))}";
        _totals.AddOrUpdate(
            key,
            _ => new(instrument.Name, instrument.Description, named, amount, instrument is UpDownCounter<long>),
            (_, before) => before with { Total = before.Total + amount }
        );
    }
}
