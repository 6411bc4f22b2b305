using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The virtual hardware of a guest.</summary>
public sealed record DomainSpec
{
    /// <summary>Disks, network interfaces and other devices.</summary>
    public required Devices Devices { get; init; }

    /// <summary>What the guest claims of its host.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>The vCPUs.</summary>
    public CPU? Cpu { get; init; }

    /// <summary>The memory.</summary>
    public Memory? Memory { get; init; }

    /// <summary>The machine type.</summary>
    public Machine? Machine { get; init; }

    /// <summary>Firmware, identity, boot loader.</summary>
    public Firmware? Firmware { get; init; }

    /// <summary>The guest's clocks.</summary>
    public Clock? Clock { get; init; }

    /// <summary>Features of the processor and the board.</summary>
    public Features? Features { get; init; }

    /// <summary>What the guest reads of its case (SMBIOS).</summary>
    public Chassis? Chassis { get; init; }

    /// <summary>
    /// What becomes of the instance when its guest reboots. Reboot: it goes on with the settings it has. Terminate: it
    /// ends, and the run strategy decides whether another is started, with the settings as they are then. Reboot when
    /// empty.
    /// </summary>
    [AllowedValues("Reboot", "Terminate")]
    [DefaultValue("Reboot")]
    public string? RebootPolicy { get; init; }
}

/// <summary>What a guest claims of its host.</summary>
public sealed record ResourceRequirements
{
    /// <summary>What must be free on the host: cpu, memory.</summary>
    public IReadOnlyDictionary<string, Quantity>? Requests { get; init; }

    /// <summary>What it may use at most: cpu, memory.</summary>
    public IReadOnlyDictionary<string, Quantity>? Limits { get; init; }

    /// <summary>True when the host's overhead is not added to the claim.</summary>
    public bool? OvercommitGuestOverhead { get; init; }
}

/// <summary>The vCPUs of a guest: sockets times cores times threads.</summary>
public sealed record CPU
{
    /// <summary>Cores a socket.</summary>
    [Range(0, 65535)]
    public long? Cores { get; init; }

    /// <summary>Sockets.</summary>
    [Range(0, 65535)]
    public long? Sockets { get; init; }

    /// <summary>Threads a core.</summary>
    [Range(0, 65535)]
    public long? Threads { get; init; }

    /// <summary>The most sockets the guest can be given while it runs.</summary>
    [Range(0, 65535)]
    public long? MaxSockets { get; init; }

    /// <summary>The processor model: a libvirt name, host-model or host-passthrough.</summary>
    public string? Model { get; init; }

    /// <summary>Single features of the processor.</summary>
    public IReadOnlyList<CPUFeature>? Features { get; init; }
}

/// <summary>One feature of the processor.</summary>
public sealed record CPUFeature
{
    /// <summary>The feature, by libvirt's name.</summary>
    public required string Name { get; init; }

    /// <summary>What is asked of it; require when empty.</summary>
    [AllowedValues("force", "require", "optional", "disable", "forbid")]
    [DefaultValue("require")]
    public string? Policy { get; init; }
}

/// <summary>The memory of a guest.</summary>
public sealed record Memory
{
    /// <summary>How much the guest sees at boot.</summary>
    public Quantity? Guest { get; init; }

    /// <summary>The most it can be given while it runs.</summary>
    public Quantity? MaxGuest { get; init; }
}

/// <summary>The board that the guest sees.</summary>
public sealed record Machine
{
    /// <summary>The machine type: an alias such as q35, or a versioned name such as pc-q35-9.2.</summary>
    public string? Type { get; init; }
}

/// <summary>Firmware and identity of a guest.</summary>
public sealed record Firmware
{
    /// <summary>The guest's identity (SMBIOS). Stable for the life of the virtual machine.</summary>
    public string? Uuid { get; init; }

    /// <summary>The serial number (SMBIOS).</summary>
    public string? Serial { get; init; }

    /// <summary>BIOS or EFI.</summary>
    public Bootloader? Bootloader { get; init; }
}

/// <summary>What starts the guest.</summary>
public sealed record Bootloader
{
    /// <summary>Start by BIOS.</summary>
    public BIOS? Bios { get; init; }

    /// <summary>Start by EFI.</summary>
    public EFI? Efi { get; init; }
}

/// <summary>Options of the BIOS.</summary>
public sealed record BIOS
{
    /// <summary>True to show the BIOS's messages on the serial console.</summary>
    public bool? UseSerial { get; init; }
}

/// <summary>Options of EFI.</summary>
public sealed record EFI
{
    /// <summary>True to accept signed boot loaders only; needs features.smm. True when empty.</summary>
    [DefaultValue(true)]
    public bool? SecureBoot { get; init; }

    /// <summary>True to keep the EFI variables over restarts.</summary>
    public bool? Persistent { get; init; }
}

/// <summary>The clocks of a guest.</summary>
public sealed record Clock
{
    /// <summary>The guest's clock runs in this time zone.</summary>
    public string? Timezone { get; init; }

    /// <summary>The guest's clock runs in UTC.</summary>
    public ClockOffsetUTC? Utc { get; init; }

    /// <summary>Which timers it has.</summary>
    public Timer? Timer { get; init; }
}

/// <summary>A clock in UTC.</summary>
public sealed record ClockOffsetUTC
{
    /// <summary>Seconds added to UTC at boot.</summary>
    public int? OffsetSeconds { get; init; }
}

/// <summary>Which timers a guest has.</summary>
public sealed record Timer
{
    /// <summary>High precision event timer.</summary>
    public TickTimer? Hpet { get; init; }

    /// <summary>Programmable interval timer.</summary>
    public TickTimer? Pit { get; init; }

    /// <summary>Real time clock.</summary>
    public RTCTimer? Rtc { get; init; }

    /// <summary>The clock of KVM.</summary>
    public PlainTimer? Kvm { get; init; }

    /// <summary>The clock of Hyper-V.</summary>
    public PlainTimer? Hyperv { get; init; }
}

/// <summary>A timer with a policy for missed ticks.</summary>
public sealed record TickTimer
{
    /// <summary>False to leave it out.</summary>
    public bool? Present { get; init; }

    /// <summary>What happens to missed ticks.</summary>
    [AllowedValues("delay", "catchup", "merge", "discard")]
    public string? TickPolicy { get; init; }
}

/// <summary>The real time clock.</summary>
public sealed record RTCTimer
{
    /// <summary>False to leave it out.</summary>
    public bool? Present { get; init; }

    /// <summary>What happens to missed ticks.</summary>
    [AllowedValues("delay", "catchup")]
    public string? TickPolicy { get; init; }

    /// <summary>What the clock follows.</summary>
    [AllowedValues("guest", "wall")]
    public string? Track { get; init; }
}

/// <summary>A timer that is there or not.</summary>
public sealed record PlainTimer
{
    /// <summary>False to leave it out.</summary>
    public bool? Present { get; init; }
}

/// <summary>What a guest reads of its case (SMBIOS).</summary>
public sealed record Chassis
{
    /// <summary>Maker.</summary>
    public string? Manufacturer { get; init; }

    /// <summary>Version.</summary>
    public string? Version { get; init; }

    /// <summary>Serial number.</summary>
    public string? Serial { get; init; }

    /// <summary>Asset tag.</summary>
    public string? Asset { get; init; }

    /// <summary>Stock keeping unit.</summary>
    public string? Sku { get; init; }
}
