using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>One run of a virtual machine: what runs now, and its state.</summary>
public sealed record VirtualMachineInstance : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "kubevirt.io/v1";
    } = "kubevirt.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "VirtualMachineInstance";
    } = "VirtualMachineInstance";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the instance is made of. Cannot be changed by users.</summary>
    public required VirtualMachineInstanceSpec Spec { get; init; }

    /// <summary>What is.</summary>
    public VirtualMachineInstanceStatus? Status { get; init; }
}

/// <summary>What an instance is made of and where it may run.</summary>
public sealed record VirtualMachineInstanceSpec
{
    /// <summary>The virtual hardware.</summary>
    public required DomainSpec Domain { get; init; }

    /// <summary>The guest's processor architecture; the cluster's default when empty.</summary>
    [AllowedValues("amd64", "arm64", "s390x")]
    public string? Architecture { get; init; }

    /// <summary>Labels that a node must have to run the instance.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>What happens to the instance when its host is drained.</summary>
    [AllowedValues("None", "LiveMigrate", "LiveMigrateIfPossible", "External")]
    public string? EvictionStrategy { get; init; }

    /// <summary>Paused: the guest waits, paused, before its first instruction.</summary>
    [AllowedValues("Paused")]
    public string? StartStrategy { get; init; }

    /// <summary>Seconds a guest has to shut down before it is ended; 30 when empty.</summary>
    [Range(0, long.MaxValue)]
    [DefaultValue(30)]
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Where the contents of disks come from.</summary>
    [MaxItems(256)]
    public IReadOnlyList<Volume>? Volumes { get; init; }

    /// <summary>The networks that interfaces connect to.</summary>
    [MaxItems(256)]
    public IReadOnlyList<Network>? Networks { get; init; }

    /// <summary>The guest's host name; the instance's name when empty.</summary>
    public string? Hostname { get; init; }

    /// <summary>The guest's domain below the cluster's, told to it by cloud-init.</summary>
    public string? Subdomain { get; init; }
}
