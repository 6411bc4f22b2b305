using System.Text.Json;

namespace Vireo.Api;

/// <summary>A snapshot of some object's state, kept so that it can be gone back to.</summary>
public sealed record ControllerRevision : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "apps/v1";
    } = "apps/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "ControllerRevision";
    } = "ControllerRevision";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>The snapshot. Cannot be changed.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>The number of the snapshot; later ones are higher.</summary>
    public required long Revision { get; init; }
}
