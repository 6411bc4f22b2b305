using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>How the machine type of a virtual machine is updated: the body of PUT machinetype.</summary>
public sealed record MachineTypeOptions
{
    /// <summary>The version of this form; not read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form; not read.</summary>
    public string? Kind { get; init; }

    /// <summary>The new type. Empty takes what the machine's image names.</summary>
    public string? MachineType { get; init; }

    /// <summary>Only if this is recorded now.</summary>
    public string? From { get; init; }

    /// <summary>True to accept another chipset family, an older version, or types that cannot be compared.</summary>
    public bool? Force { get; init; }

    /// <summary>True to store the type of a running machine for its next boot.</summary>
    public bool? AtNextBoot { get; init; }

    /// <summary>All: check only.</summary>
    public IReadOnlyList<string>? DryRun { get; init; }
}

/// <summary>The machine type of a virtual machine, as asked for, recorded and running: the answer of GET machinetype.
/// </summary>
public sealed record VirtualMachineMachineType
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form.</summary>
    public string? Kind { get; init; }

    /// <summary>Which virtual machine.</summary>
    public ObjectMeta? Metadata { get; init; }

    /// <summary>What the template asks for; empty when it names none.</summary>
    public string? Template { get; init; }

    /// <summary>The record; empty when there is none.</summary>
    public MachineTypeRecord? Recorded { get; init; }

    /// <summary>What the guest runs with now; empty when it does not run.</summary>
    public string? Running { get; init; }

    /// <summary>True when a host says that its QEMU will drop the type.</summary>
    public bool? Deprecated { get; init; }

    /// <summary>The hosts that offer the type.</summary>
    public IReadOnlyList<string>? OfferedBy { get; init; }
}

/// <summary>What an update of a machine type came to: the answer of PUT machinetype.</summary>
public sealed record MachineTypeChange
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form.</summary>
    public string? Kind { get; init; }

    /// <summary>Which virtual machine.</summary>
    public ObjectMeta? Metadata { get; init; }

    /// <summary>Updated, Unchanged, or Pending until the next boot.</summary>
    [AllowedValues("Updated", "Unchanged", "Pending")]
    public string? Outcome { get; init; }

    /// <summary>What was recorded before; empty when nothing was.</summary>
    public string? Previous { get; init; }

    /// <summary>What is recorded now, or will be at the next boot.</summary>
    public string? Current { get; init; }

    /// <summary>What may break.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The devices that the guest finds changed, where the chipset family changes.</summary>
    public IReadOnlyList<DeviceChange>? DeviceChanges { get; init; }
}

/// <summary>A device that a guest finds changed.</summary>
public sealed record DeviceChange
{
    /// <summary>The device, for example cdrom install.</summary>
    public required string Device { get; init; }

    /// <summary>What it was; empty for a new one.</summary>
    public string? Before { get; init; }

    /// <summary>What it becomes; empty when it goes.</summary>
    public string? After { get; init; }
}
