using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>How the guest's memory and vCPUs lie on the host's nodes of memory.</summary>
public sealed record NUMA
{
    /// <summary>The guest sees nodes that are laid out as the host's.</summary>
    public NUMAGuestMappingPassthrough? GuestMappingPassthrough { get; init; }
}

/// <summary>The guest's nodes of memory are the host's. Its presence is what says so.</summary>
public sealed record NUMAGuestMappingPassthrough { }

/// <summary>vCPUs whose threads run before all others of the host. Its presence is what says so.</summary>
public sealed record Realtime
{
    /// <summary>Which vCPUs, for example 0-3,^1; all when empty.</summary>
    public string? Mask { get; init; }
}

/// <summary>How many threads serve disks.</summary>
public sealed record DiskIOThreads
{
    /// <summary>How many there are beside the main one.</summary>
    [Range(0, long.MaxValue)]
    public long? SupplementalPoolThreadCount { get; init; }
}

/// <summary>A graphics processor of the host that the guest is given.</summary>
public sealed record GPU
{
    /// <summary>The name in this machine.</summary>
    public required string Name { get; init; }

    /// <summary>The resource by which hosts offer the device.</summary>
    public string? DeviceName { get; init; }

    /// <summary>What tells the guest which device it is.</summary>
    public string? Tag { get; init; }

    /// <summary>The claim that the device is from.</summary>
    public string? ClaimName { get; init; }

    /// <summary>The request of the claim that the device is for.</summary>
    public string? RequestName { get; init; }

    /// <summary>How a shared processor shows itself.</summary>
    public VGPUOptions? VirtualGPUOptions { get; init; }
}

/// <summary>How a shared graphics processor shows itself.</summary>
public sealed record VGPUOptions
{
    /// <summary>Its display.</summary>
    public VGPUDisplayOptions? Display { get; init; }
}

/// <summary>The display of a shared graphics processor.</summary>
public sealed record VGPUDisplayOptions
{
    /// <summary>Whether it has one.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether there is a picture before the guest's driver runs.</summary>
    public FeatureState? RamFB { get; init; }
}

/// <summary>A device of the host that the guest is given.</summary>
public sealed record HostDevice
{
    /// <summary>The name in this machine.</summary>
    public required string Name { get; init; }

    /// <summary>The resource by which hosts offer the device.</summary>
    public string? DeviceName { get; init; }

    /// <summary>What tells the guest which device it is.</summary>
    public string? Tag { get; init; }

    /// <summary>The claim that the device is from.</summary>
    public string? ClaimName { get; init; }

    /// <summary>The request of the claim that the device is for.</summary>
    public string? RequestName { get; init; }
}

/// <summary>Guests whose memory the host cannot read.</summary>
public sealed record LaunchSecurity
{
    /// <summary>By AMD's SEV.</summary>
    public SEV? Sev { get; init; }

    /// <summary>By AMD's SEV-SNP.</summary>
    public SEVSNP? Snp { get; init; }

    /// <summary>By Intel's TDX.</summary>
    public TDX? Tdx { get; init; }
}

/// <summary>Memory encrypted by AMD's SEV.</summary>
public sealed record SEV
{
    /// <summary>Whether the guest waits until its owner has seen what was started.</summary>
    public SEVAttestation? Attestation { get; init; }

    /// <summary>The owner's key, in base64.</summary>
    public string? DhCert { get; init; }

    /// <summary>What is asked of the host.</summary>
    public SEVPolicy? Policy { get; init; }

    /// <summary>The session that the owner began, in base64.</summary>
    public string? Session { get; init; }
}

/// <summary>The guest waits until its owner has seen what was started.</summary>
public sealed record SEVAttestation { }

/// <summary>What a guest of SEV asks of its host.</summary>
public sealed record SEVPolicy
{
    /// <summary>Whether the processor's registers are encrypted too (SEV-ES).</summary>
    public bool? EncryptedState { get; init; }
}

/// <summary>Memory encrypted and guarded by AMD's SEV-SNP.</summary>
public sealed record SEVSNP { }

/// <summary>Memory encrypted and guarded by Intel's TDX.</summary>
public sealed record TDX { }
