using System.Text.Json.Serialization.Metadata;

namespace Vireo.Api;

/// <summary>
/// All there is to know of a kind to serve it: discovery, OpenAPI, tables, CRDs and roles are derived from this.
/// </summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version of the group.</param>
/// <param name="Kind">The kind as manifests name it.</param>
/// <param name="Plural">The resource's name in paths.</param>
/// <param name="IsNamespaced">False for objects of the whole cluster.</param>
public abstract record ResourceKind(string Group, string Version, string Kind, string Plural, bool IsNamespaced)
{
    /// <summary>The kind in lower case, as error texts and kubectl use it.</summary>
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    /// <summary>Short names that kubectl takes for the plural.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Groups of kinds that kubectl lists together, such as <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// True when status is written through the <c>status</c> subresource only. KubeVirt's VMI has none: its status is
    /// written through the object itself.
    /// </summary>
    public bool HasStatusSubresource { get; init; }

    /// <summary>Columns beside the name in kubectl's tables.</summary>
    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [PrinterColumn.Age];

    /// <summary>Fields beside metadata.name and metadata.namespace that field selectors may name.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>
    /// True for kinds that change often and whose past nobody needs: only the newest state is kept on disk.
    /// </summary>
    public bool HasNoHistory { get; init; }

    /// <summary>
    /// True where names become host names, domain names or parts of file names: they are DNS labels, short and without
    /// dots. Elsewhere dots may be in them.
    /// </summary>
    public bool IsNamedByLabel { get; init; }

    /// <summary>True for kinds that only the server itself writes.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>True where names may hold what one step of a path can, for example <c>system:admin</c>.</summary>
    public bool IsNamedFreely { get; init; }

    /// <summary>How the kind is read, written and described.</summary>
    public abstract JsonTypeInfo TypeInfo { get; }

    /// <summary>Group and version as manifests write them: <c>v1</c>, <c>kubevirt.io/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource as error texts name it: <c>virtualmachines.kubevirt.io</c>.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The path of the collection, without its namespace: <c>/apis/kubevirt.io/v1</c>.</summary>
    public string GroupPath => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
}

/// <summary>A kind with the type that holds its objects.</summary>
public sealed record ResourceKind<T>(
    string Group,
    string Version,
    string Kind,
    string Plural,
    bool IsNamespaced,
    JsonTypeInfo<T> JsonType
) : ResourceKind(Group, Version, Kind, Plural, IsNamespaced)
    where T : class, IResource
{
    /// <inheritdoc />
    public override JsonTypeInfo TypeInfo => JsonType;
}

/// <summary>One column of kubectl's table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type">string, integer, boolean or date (shown as an age).</param>
/// <param name="JsonPath">Where the value is, for example <c>.status.phase</c>.</param>
/// <param name="Priority">0 is always shown; above 0 only with <c>-o wide</c>.</param>
/// <param name="Description">What the column means.</param>
public sealed record PrinterColumn(string Name, string Type, string JsonPath, int Priority, string Description)
{
    /// <summary>How long ago the object was made.</summary>
    public static PrinterColumn Age { get; } =
        new("Age", "date", ".metadata.creationTimestamp", 0, "Time since the object was made.");

    /// <summary>True when the cell shows how many entries the value has instead of the value.</summary>
    public bool IsCount { get; init; }
}
