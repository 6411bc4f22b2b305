namespace Vireo.Api;

/// <summary>Devices that are preferred.</summary>
public sealed record DevicePreferences
{
    /// <summary>Whether a screen is there.</summary>
    public bool? PreferredAutoattachGraphicsDevice { get; init; }

    /// <summary>Whether a balloon for memory is there.</summary>
    public bool? PreferredAutoattachMemBalloon { get; init; }

    /// <summary>Whether an interface is made when none is given.</summary>
    public bool? PreferredAutoattachPodInterface { get; init; }

    /// <summary>Whether a serial console is there.</summary>
    public bool? PreferredAutoattachSerialConsole { get; init; }

    /// <summary>Whether an input device is there.</summary>
    public bool? PreferredAutoattachInputDevice { get; init; }

    /// <summary>The bus of disks.</summary>
    public string? PreferredDiskBus { get; init; }

    /// <summary>The bus of lun disks.</summary>
    public string? PreferredLunBus { get; init; }

    /// <summary>The bus of CD-ROMs.</summary>
    public string? PreferredCdromBus { get; init; }

    /// <summary>How disks are cached.</summary>
    public string? PreferredDiskCache { get; init; }

    /// <summary>How disks are read and written.</summary>
    public string? PreferredDiskIO { get; init; }

    /// <summary>The block size of disks.</summary>
    public BlockSize? PreferredDiskBlockSize { get; init; }

    /// <summary>Whether each disk has a thread of its own.</summary>
    public bool? PreferredDiskDedicatedIoThread { get; init; }

    /// <summary>The bus of input devices.</summary>
    public string? PreferredInputBus { get; init; }

    /// <summary>The type of input devices.</summary>
    public string? PreferredInputType { get; init; }

    /// <summary>The model of network interfaces.</summary>
    public string? PreferredInterfaceModel { get; init; }

    /// <summary>Connect interfaces to the pod network by masquerade.</summary>
    public InterfaceMasquerade? PreferredInterfaceMasquerade { get; init; }

    /// <summary>Whether interfaces have a queue for each vCPU.</summary>
    public bool? PreferredNetworkInterfaceMultiQueue { get; init; }

    /// <summary>Whether disks have a queue for each vCPU.</summary>
    public bool? PreferredBlockMultiQueue { get; init; }

    /// <summary>The source of randomness.</summary>
    public Rng? PreferredRng { get; init; }

    /// <summary>The security module.</summary>
    public TPMDevice? PreferredTPM { get; init; }

    /// <summary>The model of sound devices.</summary>
    public string? PreferredSoundModel { get; init; }

    /// <summary>The type of the video device.</summary>
    public string? PreferredVideoType { get; init; }

    /// <summary>The model of panic devices.</summary>
    public string? PreferredPanicDeviceModel { get; init; }

    /// <summary>True to forbid that devices are plugged. Kept, not acted on.</summary>
    public bool? PreferredDisableHotplug { get; init; }

    /// <summary>True for older forms of virtio devices. Kept, not acted on.</summary>
    public bool? PreferredUseVirtioTransitional { get; init; }

    /// <summary>How shared graphics processors show themselves. Kept, not acted on.</summary>
    public VGPUOptions? PreferredVirtualGPUOptions { get; init; }
}

/// <summary>Features of the processor and the board that are preferred.</summary>
public sealed record FeaturePreferences
{
    /// <summary>Power management and tables of devices.</summary>
    public FeatureState? PreferredAcpi { get; init; }

    /// <summary>The interrupt controller.</summary>
    public FeatureAPIC? PreferredApic { get; init; }

    /// <summary>What Windows guests use.</summary>
    public FeatureHyperv? PreferredHyperv { get; init; }

    /// <summary>How KVM shows itself.</summary>
    public FeatureKVM? PreferredKvm { get; init; }

    /// <summary>Spinlocks that know of the host.</summary>
    public FeatureState? PreferredPvspinlock { get; init; }

    /// <summary>System management mode.</summary>
    public FeatureState? PreferredSmm { get; init; }
}
