using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>How an object is to be deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary>v1 or meta.k8s.io/v1.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>DeleteOptions.</summary>
    public string? Kind { get; init; }

    /// <summary>Seconds to let the object end by itself; 0 ends it at once.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>What happens to the objects that belong to it.</summary>
    [AllowedValues("Orphan", "Background", "Foreground")]
    public string? PropagationPolicy { get; init; }

    /// <summary>Older form of the propagation policy.</summary>
    public bool? OrphanDependents { get; init; }

    /// <summary>Delete only if these hold.</summary>
    public Preconditions? Preconditions { get; init; }

    /// <summary>All: check, but change nothing.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>What must be true of an object for an operation to go on.</summary>
public sealed record Preconditions
{
    /// <summary>The identity it must have.</summary>
    public string? Uid { get; init; }

    /// <summary>The version it must have.</summary>
    public string? ResourceVersion { get; init; }
}
