namespace Vireo.Api;

/// <summary>A size for virtual machines of its namespace: processors, memory and where they may run.</summary>
public sealed record VirtualMachineInstancetype : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "instancetype.kubevirt.io/v1beta1";
    } = "instancetype.kubevirt.io/v1beta1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "VirtualMachineInstancetype";
    } = "VirtualMachineInstancetype";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What a machine of this type has.</summary>
    public required VirtualMachineInstancetypeSpec Spec { get; init; }
}

/// <summary>A size for virtual machines of every namespace.</summary>
public sealed record VirtualMachineClusterInstancetype : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "instancetype.kubevirt.io/v1beta1";
    } = "instancetype.kubevirt.io/v1beta1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "VirtualMachineClusterInstancetype";
    } = "VirtualMachineClusterInstancetype";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What a machine of this type has.</summary>
    public required VirtualMachineInstancetypeSpec Spec { get; init; }
}
