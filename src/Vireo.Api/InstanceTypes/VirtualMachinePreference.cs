namespace Vireo.Api;

/// <summary>What virtual machines of its namespace are given where they say nothing themselves.</summary>
public sealed record VirtualMachinePreference : IResource
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
        init => field = value ?? "VirtualMachinePreference";
    } = "VirtualMachinePreference";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What is preferred, and what is required.</summary>
    public required VirtualMachinePreferenceSpec Spec { get; init; }
}

/// <summary>What virtual machines of every namespace are given where they say nothing themselves.</summary>
public sealed record VirtualMachineClusterPreference : IResource
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
        init => field = value ?? "VirtualMachineClusterPreference";
    } = "VirtualMachineClusterPreference";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What is preferred, and what is required.</summary>
    public required VirtualMachinePreferenceSpec Spec { get; init; }
}
