using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>What a machine is given where it says nothing itself, and the least it must have.</summary>
public sealed record VirtualMachinePreferenceSpec
{
    /// <summary>Clock and timers.</summary>
    public ClockPreferences? Clock { get; init; }

    /// <summary>How vCPUs are arranged.</summary>
    public CPUPreferences? Cpu { get; init; }

    /// <summary>Devices.</summary>
    public DevicePreferences? Devices { get; init; }

    /// <summary>Features of the processor and the board.</summary>
    public FeaturePreferences? Features { get; init; }

    /// <summary>What starts the guest.</summary>
    public FirmwarePreferences? Firmware { get; init; }

    /// <summary>The board.</summary>
    public MachinePreferences? Machine { get; init; }

    /// <summary>Volumes.</summary>
    public VolumePreferences? Volumes { get; init; }

    /// <summary>The domain of the guest below the cluster's.</summary>
    public string? PreferredSubdomain { get; init; }

    /// <summary>Seconds a guest has to shut down.</summary>
    [Range(0, long.MaxValue)]
    public long? PreferredTerminationGracePeriodSeconds { get; init; }

    /// <summary>The guest's processor architecture.</summary>
    [AllowedValues("amd64", "arm64", "s390x")]
    public string? PreferredArchitecture { get; init; }

    /// <summary>Annotations of the instance.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The least a machine must have.</summary>
    public PreferenceRequirements? Requirements { get; init; }

    /// <summary>Older form of cpu.spreadOptions.ratio.</summary>
    [Range(0, 65535)]
    public long? PreferSpreadSocketToCoreRatio { get; init; }

    /// <summary>Memory that the host cannot read. Kept; a machine with a preference that sets it is refused.</summary>
    public LaunchSecurity? PreferredLaunchSecurity { get; init; }
}

/// <summary>Clock and timers that are preferred.</summary>
public sealed record ClockPreferences
{
    /// <summary>The clock.</summary>
    public ClockOffset? PreferredClockOffset { get; init; }

    /// <summary>The timers.</summary>
    public Timer? PreferredTimer { get; init; }
}

/// <summary>What the guest's clock shows.</summary>
public sealed record ClockOffset
{
    /// <summary>The guest's clock runs in this time zone.</summary>
    public string? Timezone { get; init; }

    /// <summary>The guest's clock runs in UTC.</summary>
    public ClockOffsetUTC? Utc { get; init; }
}

/// <summary>How vCPUs are arranged.</summary>
public sealed record CPUPreferences
{
    /// <summary>What the vCPUs of a type become: sockets where nothing is said.</summary>
    [AllowedValues(
        "sockets",
        "cores",
        "threads",
        "spread",
        "any",
        "preferSockets",
        "preferCores",
        "preferThreads",
        "preferSpread",
        "preferAny"
    )]
    public string? PreferredCPUTopology { get; init; }

    /// <summary>How spread divides them.</summary>
    public SpreadOptions? SpreadOptions { get; init; }

    /// <summary>Single features of the processor.</summary>
    public IReadOnlyList<CPUFeature>? PreferredCPUFeatures { get; init; }
}

/// <summary>How vCPUs are divided.</summary>
public sealed record SpreadOptions
{
    /// <summary>Between what they are divided: SocketsCores where nothing is said.</summary>
    [AllowedValues("SocketsCoresThreads", "SocketsCores", "CoresThreads")]
    public string? Across { get; init; }

    /// <summary>How many of the inner go to one of the outer; 2 when empty.</summary>
    [Range(0, 65535)]
    [DefaultValue(2)]
    public long? Ratio { get; init; }
}

/// <summary>What starts the guest.</summary>
public sealed record FirmwarePreferences
{
    /// <summary>True to start by BIOS.</summary>
    public bool? PreferredUseBios { get; init; }

    /// <summary>True to show the BIOS's messages on the serial console.</summary>
    public bool? PreferredUseBiosSerial { get; init; }

    /// <summary>Start by EFI, so.</summary>
    public EFI? PreferredEfi { get; init; }

    /// <summary>True to start by EFI. Deprecated: use preferredEfi.</summary>
    public bool? PreferredUseEfi { get; init; }

    /// <summary>True to accept signed boot loaders only. Deprecated: use preferredEfi.</summary>
    public bool? PreferredUseSecureBoot { get; init; }
}

/// <summary>The board that is preferred.</summary>
public sealed record MachinePreferences
{
    /// <summary>The machine type.</summary>
    public string? PreferredMachineType { get; init; }
}

/// <summary>Volumes that are preferred.</summary>
public sealed record VolumePreferences
{
    /// <summary>The storage class. Kept, not acted on.</summary>
    public string? PreferredStorageClassName { get; init; }
}

/// <summary>The least a machine must have.</summary>
public sealed record PreferenceRequirements
{
    /// <summary>vCPUs.</summary>
    public CPUPreferenceRequirement? Cpu { get; init; }

    /// <summary>Memory.</summary>
    public MemoryPreferenceRequirement? Memory { get; init; }

    /// <summary>The guest's processor architecture.</summary>
    public string? Architecture { get; init; }
}

/// <summary>The fewest vCPUs.</summary>
public sealed record CPUPreferenceRequirement
{
    /// <summary>How many.</summary>
    [Range(1, 65535)]
    public required long Guest { get; init; }
}

/// <summary>The least memory.</summary>
public sealed record MemoryPreferenceRequirement
{
    /// <summary>How much.</summary>
    public required Quantity Guest { get; init; }
}
