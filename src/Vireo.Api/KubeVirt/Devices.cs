using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The devices of a guest.</summary>
public sealed record Devices
{
    /// <summary>Disks and CD-ROMs, each with a volume of its name.</summary>
    [MaxItems(256)]
    public IReadOnlyList<Disk>? Disks { get; init; }

    /// <summary>Network interfaces, each with a network of its name.</summary>
    [MaxItems(256)]
    public IReadOnlyList<Interface>? Interfaces { get; init; }

    /// <summary>Tablets and keyboards.</summary>
    public IReadOnlyList<Input>? Inputs { get; init; }

    /// <summary>A source of randomness from the host.</summary>
    public Rng? Rng { get; init; }

    /// <summary>A watchdog that acts when the guest hangs.</summary>
    public Watchdog? Watchdog { get; init; }

    /// <summary>A trusted platform module.</summary>
    public TPMDevice? Tpm { get; init; }

    /// <summary>The video device.</summary>
    public VideoDevice? Video { get; init; }

    /// <summary>A sound device.</summary>
    public SoundDevice? Sound { get; init; }

    /// <summary>Devices by which the guest tells of a crash.</summary>
    public IReadOnlyList<PanicDevice>? PanicDevices { get; init; }

    /// <summary>False to have no network interface when none is given.</summary>
    public bool? AutoattachPodInterface { get; init; }

    /// <summary>False to have no screen.</summary>
    public bool? AutoattachGraphicsDevice { get; init; }

    /// <summary>False to have no serial console.</summary>
    public bool? AutoattachSerialConsole { get; init; }

    /// <summary>False to have no memory balloon.</summary>
    public bool? AutoattachMemBalloon { get; init; }

    /// <summary>True to have a tablet when no input is given.</summary>
    public bool? AutoattachInputDevice { get; init; }

    /// <summary>False to keep no log of the serial console.</summary>
    public bool? LogSerialConsole { get; init; }

    /// <summary>True to give virtio disks a queue for each vCPU.</summary>
    public bool? BlockMultiQueue { get; init; }

    /// <summary>True to give virtio network interfaces a queue for each vCPU.</summary>
    public bool? NetworkInterfaceMultiqueue { get; init; }
}

/// <summary>A tablet or keyboard.</summary>
public sealed record Input
{
    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>The sort of device.</summary>
    [AllowedValues("tablet", "keyboard")]
    public required string Type { get; init; }

    /// <summary>How it is attached; usb when empty.</summary>
    [AllowedValues("usb", "virtio")]
    [DefaultValue("usb")]
    public string? Bus { get; init; }
}

/// <summary>A source of randomness from the host.</summary>
public sealed record Rng { }

/// <summary>A watchdog that acts when the guest hangs.</summary>
public sealed record Watchdog
{
    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>The Intel i6300esb watchdog.</summary>
    public I6300ESBWatchdog? I6300esb { get; init; }
}

/// <summary>The Intel i6300esb watchdog.</summary>
public sealed record I6300ESBWatchdog
{
    /// <summary>What it does; reset when empty.</summary>
    [AllowedValues("poweroff", "reset", "shutdown")]
    [DefaultValue("reset")]
    public string? Action { get; init; }
}

/// <summary>A trusted platform module, emulated.</summary>
public sealed record TPMDevice
{
    /// <summary>On when empty.</summary>
    [DefaultValue(true)]
    public bool? Enabled { get; init; }

    /// <summary>True to keep its contents over restarts.</summary>
    public bool? Persistent { get; init; }
}

/// <summary>The video device.</summary>
public sealed record VideoDevice
{
    /// <summary>The sort of device.</summary>
    [AllowedValues("vga", "bochs", "virtio", "ramfb", "cirrus")]
    public string? Type { get; init; }
}

/// <summary>A sound device.</summary>
public sealed record SoundDevice
{
    /// <summary>The device's name.</summary>
    public required string Name { get; init; }

    /// <summary>The model; ich9 when empty.</summary>
    [AllowedValues("ich9", "ac97")]
    [DefaultValue("ich9")]
    public string? Model { get; init; }
}

/// <summary>A device by which the guest tells of a crash.</summary>
public sealed record PanicDevice
{
    /// <summary>The model.</summary>
    [AllowedValues("hyperv", "isa", "pvpanic")]
    public string? Model { get; init; }
}
