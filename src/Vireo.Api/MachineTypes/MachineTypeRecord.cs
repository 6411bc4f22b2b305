using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The machine type of a virtual machine, recorded for its life.</summary>
/// <remarks>
/// Design 2: every boot uses what is recorded, whatever the defaults become. It changes when somebody asks for it: by
/// an update, by another type in the template, by a transition; a rebuild clears it.
/// </remarks>
public sealed record MachineTypeRecord
{
    /// <summary>What the template asked for when this was recorded: a versioned name, an alias, or nothing.</summary>
    public string? Requested { get; init; }

    /// <summary>What the guest has or will have at its next boot, for example pc-q35-9.2.</summary>
    public string? Resolved { get; init; }

    /// <summary>Where it was read.</summary>
    [AllowedValues("Domain", "Template", "Image", "Preference", "ClusterConfiguration", "BuiltIn", "Update")]
    public string? Source { get; init; }

    /// <summary>Since when it holds.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>What the next boot brings while the guest still runs with what is recorded.</summary>
    public PendingMachineType? Pending { get; init; }
}

/// <summary>A machine type that the next boot brings.</summary>
public sealed record PendingMachineType
{
    /// <summary>The type.</summary>
    public required string Type { get; init; }

    /// <summary>Where it was asked for.</summary>
    [AllowedValues("Template", "Image", "Preference", "ClusterConfiguration", "BuiltIn", "Update")]
    public string? Source { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}
