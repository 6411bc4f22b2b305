namespace Vireo.Api;

/// <summary>What the agent in a guest tells of it.</summary>
public sealed record VirtualMachineInstanceGuestAgentInfo
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form.</summary>
    public string? Kind { get; init; }

    /// <summary>The agent's version.</summary>
    public string? GuestAgentVersion { get; init; }

    /// <summary>What can be asked of the agent.</summary>
    public IReadOnlyList<GuestAgentCommandInfo>? SupportedCommands { get; init; }

    /// <summary>The guest's host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>The guest's operating system.</summary>
    public VirtualMachineInstanceGuestOSInfo? Os { get; init; }

    /// <summary>The guest's time zone, for example UTC, 0.</summary>
    public string? Timezone { get; init; }

    /// <summary>Who is logged in.</summary>
    public IReadOnlyList<VirtualMachineInstanceGuestOSUser>? UserList { get; init; }

    /// <summary>The file systems that are mounted.</summary>
    public VirtualMachineInstanceFileSystemInfo? FsInfo { get; init; }

    /// <summary>frozen or thawed.</summary>
    public string? FsFreezeStatus { get; init; }
}

/// <summary>One thing that can be asked of the agent in a guest.</summary>
public sealed record GuestAgentCommandInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>False when the guest's owner forbids it.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Who is logged in to a guest.</summary>
public sealed record VirtualMachineInstanceGuestOSUserList
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form.</summary>
    public string? Kind { get; init; }

    /// <summary>Always empty: the list is whole.</summary>
    public ListMeta? Metadata { get; init; }

    /// <summary>The users.</summary>
    public required IReadOnlyList<VirtualMachineInstanceGuestOSUser> Items { get; init; }
}

/// <summary>One user who is logged in to a guest.</summary>
public sealed record VirtualMachineInstanceGuestOSUser
{
    /// <summary>The name.</summary>
    public required string UserName { get; init; }

    /// <summary>The domain of the account, where there are such.</summary>
    public string? Domain { get; init; }

    /// <summary>Since when, in seconds since 1970.</summary>
    public double? LoginTime { get; init; }
}

/// <summary>The file systems that are mounted in a guest.</summary>
public sealed record VirtualMachineInstanceFileSystemList
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The kind of this form.</summary>
    public string? Kind { get; init; }

    /// <summary>Always empty: the list is whole.</summary>
    public ListMeta? Metadata { get; init; }

    /// <summary>The file systems.</summary>
    public required IReadOnlyList<VirtualMachineInstanceFileSystem> Items { get; init; }
}

/// <summary>The file systems that are mounted in a guest.</summary>
public sealed record VirtualMachineInstanceFileSystemInfo
{
    /// <summary>The file systems.</summary>
    public required IReadOnlyList<VirtualMachineInstanceFileSystem> Disks { get; init; }
}

/// <summary>One file system that is mounted in a guest.</summary>
public sealed record VirtualMachineInstanceFileSystem
{
    /// <summary>The guest's name of the device, for example vda1.</summary>
    public required string DiskName { get; init; }

    /// <summary>Where it is mounted.</summary>
    public required string MountPoint { get; init; }

    /// <summary>Its kind, for example ext4.</summary>
    public required string FileSystemType { get; init; }

    /// <summary>Bytes in use.</summary>
    public required long UsedBytes { get; init; }

    /// <summary>Bytes in all.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>The disks it is on.</summary>
    public IReadOnlyList<VirtualMachineInstanceFileSystemDisk>? Disk { get; init; }
}

/// <summary>A disk that a file system is on.</summary>
public sealed record VirtualMachineInstanceFileSystemDisk
{
    /// <summary>Its serial number.</summary>
    public string? Serial { get; init; }

    /// <summary>How it is attached, for example virtio.</summary>
    public required string BusType { get; init; }
}
