using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The instance type of a machine, by name or by what a volume says.</summary>
public sealed record InstancetypeMatcher
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// VirtualMachineClusterInstancetype, which is meant when empty, or
    /// VirtualMachineInstancetype; in any case, singular or plural.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>A kept revision to use instead of the type as it is now; the newest when empty.</summary>
    public string? RevisionName { get; init; }

    /// <summary>The volume whose labels name the type; then name and kind are empty.</summary>
    public string? InferFromVolume { get; init; }

    /// <summary>Reject, or Ignore to go on without a type when the volume names none. Reject when empty.</summary>
    [AllowedValues("Reject", "Ignore")]
    [DefaultValue("Reject")]
    public string? InferFromVolumeFailurePolicy { get; init; }
}

/// <summary>The preference of a machine, by name or by what a volume says.</summary>
public sealed record PreferenceMatcher
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// VirtualMachineClusterPreference, which is meant when empty, or
    /// VirtualMachinePreference; in any case, singular or plural.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>A kept revision to use instead of the preference as it is now; the newest when empty.</summary>
    public string? RevisionName { get; init; }

    /// <summary>The volume whose labels name the preference; then name and kind are empty.</summary>
    public string? InferFromVolume { get; init; }

    /// <summary>
    /// Reject, or Ignore to go on without a preference when the volume names none. Reject when empty.
    /// </summary>
    [AllowedValues("Reject", "Ignore")]
    [DefaultValue("Reject")]
    public string? InferFromVolumeFailurePolicy { get; init; }
}

/// <summary>The instance type or preference in use, and its kept revision.</summary>
public sealed record InstancetypeStatusRef
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its kind.</summary>
    public string? Kind { get; init; }

    /// <summary>The revision that is in use.</summary>
    public ControllerRevisionRef? ControllerRevisionRef { get; init; }

    /// <summary>The volume that named it.</summary>
    public string? InferFromVolume { get; init; }

    /// <summary>What was to happen had the volume named none.</summary>
    [AllowedValues("Reject", "Ignore")]
    public string? InferFromVolumeFailurePolicy { get; init; }
}

/// <summary>A kept revision.</summary>
public sealed record ControllerRevisionRef
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}
