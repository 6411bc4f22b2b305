using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>The configuration of the cluster; there is one, kubevirt/kubevirt.</summary>
public sealed record KubeVirt : IResource
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
        init => field = value ?? "KubeVirt";
    } = "KubeVirt";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What the administrator wants.</summary>
    public KubeVirtSpec? Spec { get; init; }

    /// <summary>What is.</summary>
    public KubeVirtStatus? Status { get; init; }
}

/// <summary>What the administrator wants of the cluster.</summary>
public sealed record KubeVirtSpec
{
    /// <summary>The settings.</summary>
    public KubeVirtConfiguration? Configuration { get; init; }

    /// <summary>How changes reach guests that run.</summary>
    public KubeVirtWorkloadUpdateStrategy? WorkloadUpdateStrategy { get; init; }
}

/// <summary>The settings of the cluster.</summary>
public sealed record KubeVirtConfiguration
{
    /// <summary>Defaults for each guest architecture.</summary>
    public ArchConfiguration? ArchitectureConfiguration { get; init; }

    /// <summary>The machine type for every architecture. Deprecated: use architectureConfiguration.</summary>
    public string? MachineType { get; init; }

    /// <summary>
    /// Pinned: a virtual machine keeps the type it booted with first. Floating: an alias such as q35 means at each
    /// start what it means on the host then. Pinned when empty.
    /// </summary>
    [AllowedValues("Pinned", "Floating")]
    [DefaultValue("Pinned")]
    public string? MachineTypePolicy { get; init; }

    /// <summary>The processor model of guests that name none.</summary>
    public string? CpuModel { get; init; }

    /// <summary>The eviction strategy of guests that name none.</summary>
    [AllowedValues("None", "LiveMigrate", "LiveMigrateIfPossible", "External")]
    public string? EvictionStrategy { get; init; }

    /// <summary>Feature gates, emulation, overcommit.</summary>
    public DeveloperConfiguration? DeveloperConfiguration { get; init; }

    /// <summary>
    /// LiveUpdate: changes of a machine reach its guest while it runs, where they can. Stage: at its next start.
    /// LiveUpdate when empty.
    /// </summary>
    [AllowedValues("LiveUpdate", "Stage")]
    [DefaultValue("LiveUpdate")]
    public string? VmRolloutStrategy { get; init; }

    /// <summary>How far guests can grow while they run.</summary>
    public LiveUpdateConfiguration? LiveUpdateConfiguration { get; init; }

    /// <summary>How guests move between hosts.</summary>
    public MigrationConfiguration? Migrations { get; init; }

    /// <summary>How machines refer to instance types.</summary>
    public InstancetypeConfiguration? Instancetype { get; init; }

    /// <summary>Defaults for network interfaces.</summary>
    public NetworkConfiguration? Network { get; init; }
}

/// <summary>Defaults for each guest architecture.</summary>
public sealed record ArchConfiguration
{
    /// <summary>For x86-64.</summary>
    public ArchSpecificConfiguration? Amd64 { get; init; }

    /// <summary>For 64-bit ARM.</summary>
    public ArchSpecificConfiguration? Arm64 { get; init; }

    /// <summary>For IBM Z.</summary>
    public ArchSpecificConfiguration? S390x { get; init; }

    /// <summary>The architecture of guests that name none.</summary>
    public string? DefaultArchitecture { get; init; }
}

/// <summary>Defaults for one guest architecture.</summary>
public sealed record ArchSpecificConfiguration
{
    /// <summary>The machine type of guests that name none.</summary>
    public string? MachineType { get; init; }

    /// <summary>Globs of machine types that may be used.</summary>
    public IReadOnlyList<string>? EmulatedMachines { get; init; }
}

/// <summary>Feature gates, emulation, overcommit.</summary>
public sealed record DeveloperConfiguration
{
    /// <summary>Gates to open.</summary>
    public IReadOnlyList<string>? FeatureGates { get; init; }

    /// <summary>Gates to close.</summary>
    public IReadOnlyList<string>? DisabledFeatureGates { get; init; }

    /// <summary>True to run guests without KVM.</summary>
    public bool? UseEmulation { get; init; }

    /// <summary>vCPUs that share one processor of a host; 10 when empty.</summary>
    [Range(1, int.MaxValue)]
    [DefaultValue(10)]
    public int? CpuAllocationRatio { get; init; }

    /// <summary>Guest memory as a percentage of the memory claimed of the host; 100 when empty.</summary>
    [Range(1, int.MaxValue)]
    [DefaultValue(100)]
    public int? MemoryOvercommit { get; init; }
}

/// <summary>Defaults for network interfaces.</summary>
public sealed record NetworkConfiguration
{
    /// <summary>The binding of the interface that is made when none is given.</summary>
    [AllowedValues("bridge", "masquerade")]
    public string? DefaultNetworkInterface { get; init; }
}

/// <summary>The state of the installation.</summary>
public sealed record KubeVirtStatus
{
    /// <summary>Where the installation is.</summary>
    [AllowedValues("Deploying", "Deployed", "Deleting", "Deleted")]
    public string? Phase { get; init; }

    /// <summary>Available, Progressing, Degraded.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The version of Vireo.</summary>
    public string? OperatorVersion { get; init; }

    /// <summary>The version of Vireo that runs.</summary>
    public string? ObservedKubeVirtVersion { get; init; }

    /// <summary>The version of Vireo that is to run.</summary>
    public string? TargetKubeVirtVersion { get; init; }

    /// <summary>The architecture of guests that name none.</summary>
    public string? DefaultArchitecture { get; init; }

    /// <summary>The generation of the configuration that is in use.</summary>
    public long? ObservedGeneration { get; init; }
}
