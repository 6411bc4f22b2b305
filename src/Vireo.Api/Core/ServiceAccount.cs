namespace Vireo.Api;

/// <summary>An identity for programs.</summary>
public sealed record ServiceAccount : IResource
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
        init => field = value ?? "ServiceAccount";
    } = "ServiceAccount";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>Secrets the account may use.</summary>
    [ListMap("name")]
    public IReadOnlyList<LocalObjectReference>? Secrets { get; init; }

    /// <summary>Secrets used to pull images.</summary>
    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    /// <summary>Accepted for compatibility; Vireo mounts nothing.</summary>
    public bool? AutomountServiceAccountToken { get; init; }
}
