using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>Where the contents of a disk come from: exactly one source.</summary>
public sealed record Volume
{
    /// <summary>The volume's name, that of its disk.</summary>
    public required string Name { get; init; }

    /// <summary>A disk inside a container image; changes are lost when the instance ends.</summary>
    public ContainerDiskSource? ContainerDisk { get; init; }

    /// <summary>First-boot settings for cloud-init, as a disk labelled cidata.</summary>
    public CloudInitNoCloudSource? CloudInitNoCloud { get; init; }

    /// <summary>An empty disk that lasts as long as the instance.</summary>
    public EmptyDiskSource? EmptyDisk { get; init; }

    /// <summary>
    /// A disk image in the host's file system. Needs the gate HostDisk and a path below the allowed roots.
    /// </summary>
    public HostDisk? HostDisk { get; init; }
}

/// <summary>A disk inside a container image.</summary>
public sealed record ContainerDiskSource
{
    /// <summary>The image's name, tag and digest.</summary>
    public required string Image { get; init; }

    /// <summary>When the image is pulled: Always for :latest and no tag, else IfNotPresent, when empty.</summary>
    [AllowedValues("Always", "IfNotPresent", "Never")]
    public string? ImagePullPolicy { get; init; }

    /// <summary>The Secret with the registry's credentials.</summary>
    public string? ImagePullSecret { get; init; }

    /// <summary>The disk's file in the image; the one in /disk when empty.</summary>
    public string? Path { get; init; }
}

/// <summary>First-boot settings for cloud-init.</summary>
public sealed record CloudInitNoCloudSource
{
    /// <summary>A Secret with the user data.</summary>
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>The user data, as text.</summary>
    [MaxBytes(2048)]
    public string? UserData { get; init; }

    /// <summary>The user data, in base64.</summary>
    public string? UserDataBase64 { get; init; }

    /// <summary>A Secret with the network data.</summary>
    public LocalObjectReference? NetworkDataSecretRef { get; init; }

    /// <summary>The network data, as text.</summary>
    [MaxBytes(2048)]
    public string? NetworkData { get; init; }

    /// <summary>The network data, in base64.</summary>
    public string? NetworkDataBase64 { get; init; }
}

/// <summary>An empty disk.</summary>
public sealed record EmptyDiskSource
{
    /// <summary>Its size.</summary>
    public required Quantity Capacity { get; init; }
}

/// <summary>A disk image in the host's file system.</summary>
public sealed record HostDisk
{
    /// <summary>The file, an absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Disk: it must be there. DiskOrCreate: it is made when it is not.</summary>
    [AllowedValues("Disk", "DiskOrCreate")]
    public required string Type { get; init; }

    /// <summary>Its size when it is made.</summary>
    public Quantity? Capacity { get; init; }

    /// <summary>True when several guests may use it.</summary>
    public bool? Shared { get; init; }
}
