using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>That a virtual machine is shelved: nothing of it runs, whatever its run strategy says.</summary>
public sealed record ShelvedState
{
    /// <summary>
    /// Shelving: its guest ends and its disks are saved. Shelved: done. Offloading: what was saved goes to a registry.
    /// ShelvedOffloaded: done, no host keeps anything for it.
    /// </summary>
    [AllowedValues("Shelving", "Shelved", "Offloading", "ShelvedOffloaded")]
    public required string State { get; init; }

    /// <summary>While it is being shelved: the identity of the instance whose disks are saved.</summary>
    public string? Instance { get; init; }

    /// <summary>True when it ran: a run strategy that starts nothing by itself gets a start asked for.</summary>
    public bool? Ran { get; init; }

    /// <summary>True when no host is to keep anything for it.</summary>
    public bool? Offload { get; init; }

    /// <summary>Where what was saved is to go, or went: an image's name with its registry.</summary>
    public string? OffloadTo { get; init; }

    /// <summary>The Secret with that registry's credentials.</summary>
    public string? OffloadSecret { get; init; }

    /// <summary>What it waits for, or what it came to, where that needs a sentence.</summary>
    public string? Message { get; init; }
}

/// <summary>Disks that were saved as an image when their virtual machine was shelved.</summary>
/// <remarks>They are what its guest starts from until it is shelved again or rebuilt.</remarks>
public sealed record SavedDisks
{
    /// <summary>The image; empty when there was nothing to save.</summary>
    public string? Image { get; init; }

    /// <summary>The host whose store alone has the image; empty when it is in a registry.</summary>
    public string? Host { get; init; }

    /// <summary>The Secret with the registry's credentials.</summary>
    public string? PullSecret { get; init; }

    /// <summary>The machine type that the guest had, which the image bears as its label hw_machine_type.</summary>
    public string? MachineType { get; init; }

    /// <summary>When they were saved.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>Which disks.</summary>
    public IReadOnlyList<SavedVolume>? Volumes { get; init; }
}

/// <summary>One disk that was saved.</summary>
public sealed record SavedVolume
{
    /// <summary>The volume.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The image that it began as, empty for an empty disk. When the template names another by now, that is used.
    /// </summary>
    public string? From { get; init; }

    /// <summary>What it takes in the image, in bytes.</summary>
    public long? SizeBytes { get; init; }
}
