namespace Vireo.Api;

/// <summary>One aspect of an object's state that others wait for.</summary>
public sealed record Condition
{
    /// <summary>The aspect, in CamelCase.</summary>
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    public required string Status { get; init; }

    /// <summary>Why, in one CamelCase word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// The generation of the object for which this was found; empty where nobody tells. Clients that wait go by it
    /// before they go by the generation in status.
    /// </summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>When the aspect was last looked at.</summary>
    public DateTimeOffset? LastProbeTime { get; init; }
}
