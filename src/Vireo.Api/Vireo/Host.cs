using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>What a hypervisor host offers to virtual machines. Written by the host's agent.</summary>
public sealed record Host : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "vireo.dev/v1alpha1";
    } = "vireo.dev/v1alpha1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "Host";
    } = "Host";

    /// <summary>The name is the host's name and that of its Node.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the administrator wants of the host.</summary>
    public HostSpec? Spec { get; init; }

    /// <summary>What the agent found.</summary>
    public HostStatus? Status { get; init; }
}

/// <summary>What the administrator wants of a host.</summary>
public sealed record HostSpec
{
    /// <summary>True when no further VM may be placed on the host; those that run stay.</summary>
    public bool? Unschedulable { get; init; }
}

/// <summary>What a host is and offers.</summary>
public sealed record HostStatus
{
    /// <summary>Ready: the agent runs and its hypervisor answers. SoftwareEmulation: guests run without KVM.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>amd64, arm64 or s390x, as Kubernetes spells it.</summary>
    public string? Architecture { get; init; }

    /// <summary>Versions and the kind of acceleration.</summary>
    public HypervisorVersions? Hypervisor { get; init; }

    /// <summary>All the host has: cpu, memory.</summary>
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    /// <summary>What guests may use of it: cpu, memory.</summary>
    public IReadOnlyDictionary<string, Quantity>? Allocatable { get; init; }

    /// <summary>Every machine type the host's QEMU offers.</summary>
    public IReadOnlyList<HostMachineType>? MachineTypes { get; init; }

    /// <summary>Those for guests of the host's own architecture in short, for tables.</summary>
    public HostMachineTypeSummary? MachineTypeSummary { get; init; }

    /// <summary>
    /// The machine types that images in the host's store name by their label hw_machine_type, by the image's name.
    /// </summary>
    public IReadOnlyDictionary<string, string>? ImageMachineTypes { get; init; }

    /// <summary>
    /// The labels of images in the host's store that name an instance type or a preference
    /// (<c>instancetype.kubevirt.io/default-...</c>), by the image's name.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? ImageDefaults { get; init; }

    /// <summary>The processors that guests can be shown; not told where guests are emulated, which can be shown any.
    /// </summary>
    public HostProcessor? Processor { get; init; }

    /// <summary>Where the host is reached by other hosts.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// Where the host's agent acts on guests and opens their consoles, for the API server: a URL, for example
    /// unix:///var/lib/vireo/agent.sock.
    /// </summary>
    public string? Endpoint { get; init; }
}

/// <summary>What runs the guests of a host.</summary>
public sealed record HypervisorVersions
{
    /// <summary>kvm when hardware acceleration was seen to work, qemu for software emulation.</summary>
    [AllowedValues("kvm", "qemu")]
    public string? Type { get; init; }

    /// <summary>The version of libvirt.</summary>
    public string? LibvirtVersion { get; init; }

    /// <summary>The version of QEMU.</summary>
    public string? QemuVersion { get; init; }

    /// <summary>The version of the agent.</summary>
    public string? VireoVersion { get; init; }
}

/// <summary>The processors that a host can show to its guests.</summary>
public sealed record HostProcessor
{
    /// <summary>What guests with the model host-model get here: a libvirt name such as Skylake-Client-IBRS.</summary>
    public string? Model { get; init; }

    /// <summary>The features that they get beside those of the model.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Every model that a guest can be given by name.</summary>
    public IReadOnlyList<string>? Models { get; init; }
}

/// <summary>One machine type that a host offers.</summary>
public sealed record HostMachineType
{
    /// <summary>The name, for example pc-q35-9.2, or an alias such as q35.</summary>
    public required string Name { get; init; }

    /// <summary>For an alias: the versioned name it stands for on this host.</summary>
    public string? Canonical { get; init; }

    /// <summary>The guest architecture: amd64, arm64, s390x.</summary>
    public required string Architecture { get; init; }

    /// <summary>True when QEMU will drop it.</summary>
    public bool? Deprecated { get; init; }

    /// <summary>The most vCPUs a guest of this type can have.</summary>
    public int? MaxCpus { get; init; }
}

/// <summary>The machine types that a host offers to guests of its own architecture, in short.</summary>
public sealed record HostMachineTypeSummary
{
    /// <summary>The newest of the family that guests get by default, for example pc-q35-9.2.</summary>
    public string? Newest { get; init; }

    /// <summary>How many there are, aliases left out.</summary>
    public int? Count { get; init; }

    /// <summary>
    /// All of them, the newest of each line first, for example pc-q35-{9.2,9.1,9.0} microvm: as a shell expands it.
    /// </summary>
    public string? Names { get; init; }
}
