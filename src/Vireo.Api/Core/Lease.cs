using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>A claim that its holder renews: a heartbeat, or the election of a leader.</summary>
public sealed record Lease : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "coordination.k8s.io/v1";
    } = "coordination.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "Lease";
    } = "Lease";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Who holds it, since when.</summary>
    public LeaseSpec? Spec { get; init; }
}

/// <summary>Who holds a lease and since when.</summary>
public sealed record LeaseSpec
{
    /// <summary>Who holds it; empty when nobody does.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>Seconds after the last renewal at which others may take it.</summary>
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When the holder took it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder last renewed it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often it changed hands.</summary>
    public int? LeaseTransitions { get; init; }

    /// <summary>How its holder is chosen, where that is coordinated.</summary>
    public string? Strategy { get; init; }

    /// <summary>Who should hold it instead; the holder is to give it up.</summary>
    public string? PreferredHolder { get; init; }
}
