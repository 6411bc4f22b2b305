namespace Vireo.Api;

/// <summary>
/// A configuration that instances are made from, one or more, by its start subresource. It holds nothing of what runs.
/// </summary>
public sealed record VirtualMachineInstanceConfig : IResource
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
        init => field = value ?? "VirtualMachineInstanceConfig";
    } = "VirtualMachineInstanceConfig";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What instances are made from.</summary>
    public required VirtualMachineInstanceConfigSpec Spec { get; init; }

    /// <summary>What is.</summary>
    public VirtualMachineInstanceConfigStatus? Status { get; init; }
}

/// <summary>What instances are made from.</summary>
public sealed record VirtualMachineInstanceConfigSpec
{
    /// <summary>The instance to make. Changing it changes no instance that was made before.</summary>
    public required VirtualMachineInstanceTemplateSpec Template { get; init; }
}

/// <summary>What came of a configuration.</summary>
public sealed record VirtualMachineInstanceConfigStatus
{
    /// <summary>The instances made from it that are there, by name.</summary>
    public IReadOnlyList<VirtualMachineInstanceConfigInstance>? Instances { get; init; }

    /// <summary>The generation of the configuration that this status tells of.</summary>
    public long? ObservedGeneration { get; init; }
}

/// <summary>One instance made from a configuration.</summary>
public sealed record VirtualMachineInstanceConfigInstance
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its identity.</summary>
    public string? Uid { get; init; }

    /// <summary>Where in its life it is.</summary>
    public VirtualMachineInstancePhase? Phase { get; init; }

    /// <summary>The generation of the configuration that it was made from.</summary>
    public long? Generation { get; init; }
}
