using System.Text.Json;

namespace Vireo.Api;

/// <summary>
/// What a kind beyond Kubernetes' own is called and how it is served. Vireo's kinds are built in: their definitions are
/// there for clients that look for them, and cannot be written.
/// </summary>
public sealed record CustomResourceDefinition : IResource
{
    /// <summary>The version of this form.</summary>
    public string? ApiVersion
    {
        get;
        init => field = value ?? "apiextensions.k8s.io/v1";
    } = "apiextensions.k8s.io/v1";

    /// <summary>The kind of object.</summary>
    public string? Kind
    {
        get;
        init => field = value ?? "CustomResourceDefinition";
    } = "CustomResourceDefinition";

    /// <summary>Name, labels, owners.</summary>
    public ObjectMeta Metadata
    {
        get;
        init => field = value ?? new();
    } = new();

    /// <summary>What is defined.</summary>
    public required CustomResourceDefinitionSpec Spec { get; init; }

    /// <summary>Whether it is served.</summary>
    public CustomResourceDefinitionStatus? Status { get; init; }
}

/// <summary>What a definition defines.</summary>
public sealed record CustomResourceDefinitionSpec
{
    /// <summary>The API group.</summary>
    public required string Group { get; init; }

    /// <summary>What the kind is called.</summary>
    public required CustomResourceDefinitionNames Names { get; init; }

    /// <summary>Namespaced, or Cluster for objects of the whole cluster.</summary>
    public required string Scope { get; init; }

    /// <summary>The versions that are served.</summary>
    public required IReadOnlyList<CustomResourceDefinitionVersion> Versions { get; init; }
}

/// <summary>What a kind is called.</summary>
public sealed record CustomResourceDefinitionNames
{
    /// <summary>The resource's name in paths.</summary>
    public required string Plural { get; init; }

    /// <summary>The kind in lower case.</summary>
    public string? Singular { get; init; }

    /// <summary>The kind as manifests name it.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind of a list of it.</summary>
    public string? ListKind { get; init; }

    /// <summary>Short names that kubectl takes for the plural.</summary>
    public IReadOnlyList<string>? ShortNames { get; init; }

    /// <summary>Groups of kinds that kubectl lists together, such as all.</summary>
    public IReadOnlyList<string>? Categories { get; init; }
}

/// <summary>One version of a kind.</summary>
public sealed record CustomResourceDefinitionVersion
{
    /// <summary>The version.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is served.</summary>
    public required bool Served { get; init; }

    /// <summary>Whether objects are stored in this version.</summary>
    public required bool Storage { get; init; }

    /// <summary>The shape of its objects. The whole of it is in the server's OpenAPI documents, not here.</summary>
    public CustomResourceValidation? Schema { get; init; }

    /// <summary>Parts of its objects that are written by themselves.</summary>
    public CustomResourceSubresources? Subresources { get; init; }

    /// <summary>Columns beside the name in kubectl's tables.</summary>
    public IReadOnlyList<CustomResourceColumnDefinition>? AdditionalPrinterColumns { get; init; }

    /// <summary>Fields that field selectors may name.</summary>
    public IReadOnlyList<SelectableField>? SelectableFields { get; init; }
}

/// <summary>The shape of objects.</summary>
public sealed record CustomResourceValidation
{
    /// <summary>The schema, in the words of OpenAPI 3.</summary>
    public JsonElement? OpenAPIV3Schema { get; init; }
}

/// <summary>Parts of objects that are written by themselves.</summary>
public sealed record CustomResourceSubresources
{
    /// <summary>There when status is written through the status subresource only.</summary>
    public JsonElement? Status { get; init; }
}

/// <summary>One column of kubectl's table.</summary>
public sealed record CustomResourceColumnDefinition
{
    /// <summary>The heading.</summary>
    public required string Name { get; init; }

    /// <summary>string, integer, boolean or date.</summary>
    public required string Type { get; init; }

    /// <summary>Where the value is.</summary>
    public required string JsonPath { get; init; }

    /// <summary>What the column means.</summary>
    public string? Description { get; init; }

    /// <summary>0 is always shown; above 0 only with -o wide.</summary>
    public int? Priority { get; init; }
}

/// <summary>A field that field selectors may name.</summary>
public sealed record SelectableField
{
    /// <summary>Where the value is.</summary>
    public required string JsonPath { get; init; }
}

/// <summary>Whether a definition is served.</summary>
public sealed record CustomResourceDefinitionStatus
{
    /// <summary>NamesAccepted and Established.</summary>
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>The names under which it is served.</summary>
    public CustomResourceDefinitionNames? AcceptedNames { get; init; }

    /// <summary>Versions in which objects were ever stored.</summary>
    public IReadOnlyList<string>? StoredVersions { get; init; }
}
