using System.ComponentModel.DataAnnotations;

namespace Vireo.Api;

/// <summary>A room for names: objects of different namespaces may bear the same name.</summary>
public sealed record Namespace : IResource
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
        init => field = value ?? "Namespace";
    } = "Namespace";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What holds the namespace open.</summary>
    public NamespaceSpec? Spec { get; init; }

    /// <summary>Whether it is in use or going.</summary>
    public NamespaceStatus? Status { get; init; }
}

/// <summary>What holds a namespace open.</summary>
public sealed record NamespaceSpec
{
    /// <summary>Who must finish before it goes.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }
}

/// <summary>The state of a namespace.</summary>
public sealed record NamespaceStatus
{
    /// <summary>Active, or Terminating while its contents are removed.</summary>
    [AllowedValues("Active", "Terminating")]
    public string? Phase { get; init; }

    /// <summary>What the removal waits for.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
