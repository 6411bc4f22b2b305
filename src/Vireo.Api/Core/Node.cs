using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>A machine of the cluster as Kubernetes tools know it. Vireo's own facts about it are in its Host.</summary>
public sealed record Node : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "v1";
    } = "v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "Node";
    } = "Node";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the administrator wants of it.</summary>
    public NodeSpec? Spec { get; init; }

    /// <summary>What it is.</summary>
    public NodeStatus? Status { get; init; }
}

/// <summary>What the administrator wants of a node.</summary>
public sealed record NodeSpec
{
    /// <summary>True when no new VM may be placed on it.</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>What keeps VMs off it. kubevirt.io/drain asks for those on it to move away.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }
}

/// <summary>Something that keeps VMs off a node.</summary>
public sealed record Taint
{
    /// <summary>What it is.</summary>
    public required string Key { get; init; }

    /// <summary>More of it.</summary>
    public string? Value { get; init; }

    /// <summary>NoSchedule, PreferNoSchedule or NoExecute.</summary>
    [AllowedValues("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public required string Effect { get; init; }

    /// <summary>Since when it has been there.</summary>
    public DateTimeOffset? TimeAdded { get; init; }
}

/// <summary>What a node is and has.</summary>
public sealed record NodeStatus
{
    /// <summary>All it has: cpu, memory.</summary>
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    /// <summary>What VMs may use of it.</summary>
    public IReadOnlyDictionary<string, Quantity>? Allocatable { get; init; }

    /// <summary>Its state, Ready among it.</summary>
    [ListMap("type")]
    public IReadOnlyList<NodeCondition>? Conditions { get; init; }

    /// <summary>Where it is reached.</summary>
    [ListMap("type")]
    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    /// <summary>Its software.</summary>
    public NodeSystemInfo? NodeInfo { get; init; }
}

/// <summary>One aspect of a node's state.</summary>
public sealed record NodeCondition
{
    /// <summary>The aspect, for example Ready.</summary>
    public required string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    public required string Status { get; init; }

    /// <summary>Why, in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>When it was last told.</summary>
    public DateTimeOffset? LastHeartbeatTime { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }
}

/// <summary>One way to reach a node.</summary>
public sealed record NodeAddress
{
    /// <summary>Hostname or InternalIP.</summary>
    public required string Type { get; init; }

    /// <summary>The name or address.</summary>
    public required string Address { get; init; }
}

/// <summary>The software of a node.</summary>
public sealed record NodeSystemInfo
{
    /// <summary>The id of the installation.</summary>
    public string? MachineID { get; init; }

    /// <summary>The id of the hardware.</summary>
    public string? SystemUUID { get; init; }

    /// <summary>Changes with each boot.</summary>
    public string? BootID { get; init; }

    /// <summary>The kernel's release.</summary>
    public string? KernelVersion { get; init; }

    /// <summary>The name of the operating system.</summary>
    public string? OsImage { get; init; }

    /// <summary>For Vireo the hypervisor and its version.</summary>
    public string? ContainerRuntimeVersion { get; init; }

    /// <summary>The version of Vireo's agent.</summary>
    public string? KubeletVersion { get; init; }

    /// <summary>Always empty.</summary>
    public string? KubeProxyVersion { get; init; }

    /// <summary>linux.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>amd64, arm64, s390x.</summary>
    public string? Architecture { get; init; }
}
