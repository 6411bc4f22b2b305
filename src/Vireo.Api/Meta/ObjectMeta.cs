using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vireo.Api;

/// <summary>What every object has in common: its name, its identity, its labels and who owns it.</summary>
public sealed record ObjectMeta
{
    /// <summary>The object's name, unique among the objects of its kind in its namespace. Cannot be changed.</summary>
    public string? Name { get; init; }

    /// <summary>A prefix from which the server makes a unique name when none is given.</summary>
    public string? GenerateName { get; init; }

    /// <summary>The namespace the object lives in; empty for objects of the whole cluster.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// The identity of this object in time and space: a later object of the same name has another. Set by the server.
    /// </summary>
    public string? Uid { get; init; }

    /// <summary>
    /// The revision of the store at which the object was last changed. Opaque; compare for equality only. Set by the
    /// server.
    /// </summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts the changes of the wanted state (spec). Set by the server.</summary>
    public long? Generation { get; init; }

    /// <summary>When the object was made, in UTC. Set by the server.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When deletion was asked for; the object goes once its finalizers are gone. Set by the server.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds the object was given to end by itself. Set by the server with the deletion timestamp.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Short texts by which objects are selected.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Texts for people and tools, not used to select.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>The objects this one belongs to. When all of them are gone it is removed as well.</summary>
    [ListMap("uid")]
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Names of those who must finish their work before a deleted object goes.</summary>
    [ListSet]
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Which field manager last set which fields. Kept by the server for server-side apply.</summary>
    [JsonConverter(typeof(UnreadConverter<IReadOnlyList<ManagedFieldsEntry>>))]
    public IReadOnlyList<ManagedFieldsEntry>? ManagedFields { get; init; }
}

/// <summary>Names an object that another one belongs to.</summary>
[Atomic]
public sealed record OwnerReference
{
    /// <summary>The group and version of the owner.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the owner, in the same namespace or of the whole cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The identity of the owner.</summary>
    public required string Uid { get; init; }

    /// <summary>True for the one owner that manages this object.</summary>
    public bool? Controller { get; init; }

    /// <summary>True when an owner that is deleted in the foreground waits for this object to go first.</summary>
    public bool? BlockOwnerDeletion { get; init; }
}

/// <summary>The fields that one manager set by one operation.</summary>
public sealed record ManagedFieldsEntry
{
    /// <summary>The name of the manager.</summary>
    public string? Manager { get; init; }

    /// <summary>Apply or Update.</summary>
    public string? Operation { get; init; }

    /// <summary>The version the fields are written in.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>When the entry last changed.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The format of the fields; always FieldsV1.</summary>
    public string? FieldsType { get; init; }

    /// <summary>The set of fields.</summary>
    public JsonElement? FieldsV1 { get; init; }

    /// <summary>The subresource the fields were set through; empty for the object itself.</summary>
    public string? Subresource { get; init; }
}
