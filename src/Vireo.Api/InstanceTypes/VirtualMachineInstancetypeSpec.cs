using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>What a machine of a type has. The machine itself may not say otherwise.</summary>
public sealed record VirtualMachineInstancetypeSpec
{
    /// <summary>The vCPUs.</summary>
    public required CPUInstancetype Cpu { get; init; }

    /// <summary>The memory.</summary>
    public required MemoryInstancetype Memory { get; init; }

    /// <summary>Labels that a node must have to run the machine.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Annotations of the instance.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>How disks share threads. Kept; a machine of a type that sets it is refused.</summary>
    public string? IoThreadsPolicy { get; init; }

    /// <summary>How many threads serve disks. Kept; a machine of a type that sets it is refused.</summary>
    public DiskIOThreads? IoThreads { get; init; }

    /// <summary>Graphics processors of the host. Kept; a machine of a type that has any is refused.</summary>
    public IReadOnlyList<GPU>? Gpus { get; init; }

    /// <summary>Devices of the host. Kept; a machine of a type that has any is refused.</summary>
    public IReadOnlyList<HostDevice>? HostDevices { get; init; }

    /// <summary>Memory that the host cannot read. Kept; a machine of a type that sets it is refused.</summary>
    public LaunchSecurity? LaunchSecurity { get; init; }

    /// <summary>Who places the machine. Kept; a machine of a type that sets it is refused.</summary>
    public string? SchedulerName { get; init; }
}

/// <summary>The vCPUs of a type.</summary>
public sealed record CPUInstancetype
{
    /// <summary>How many the guest has at boot.</summary>
    [Range(1, 65535)]
    public required long Guest { get; init; }

    /// <summary>The most sockets the guest can be given while it runs.</summary>
    [Range(0, 65535)]
    public long? MaxSockets { get; init; }

    /// <summary>The processor model: a libvirt name, host-model or host-passthrough.</summary>
    public string? Model { get; init; }

    /// <summary>One processor of the host for each vCPU. Kept; a machine of a type that sets it is refused.</summary>
    public bool? DedicatedCPUPlacement { get; init; }

    /// <summary>One more processor for the emulator. Kept; a machine of a type that sets it is refused.</summary>
    public bool? IsolateEmulatorThread { get; init; }

    /// <summary>The host's nodes of memory for the guest. Kept; a machine of a type that sets it is refused.</summary>
    public NUMA? Numa { get; init; }

    /// <summary>vCPUs that run before all else. Kept; a machine of a type that sets it is refused.</summary>
    public Realtime? Realtime { get; init; }
}

/// <summary>The memory of a type.</summary>
public sealed record MemoryInstancetype
{
    /// <summary>How much the guest sees at boot.</summary>
    public required Quantity Guest { get; init; }

    /// <summary>The most it can be given while it runs.</summary>
    public Quantity? MaxGuest { get; init; }

    /// <summary>How much less than its memory the guest claims of its host, in percent.</summary>
    [Range(0, 100)]
    public int? OvercommitPercent { get; init; }

    /// <summary>Memory in huge pages. Kept; a machine of a type that sets it is refused.</summary>
    public Hugepages? Hugepages { get; init; }
}

/// <summary>Memory in huge pages.</summary>
public sealed record Hugepages
{
    /// <summary>The size of a page, for example 2Mi.</summary>
    public string? PageSize { get; init; }
}
