using System.Collections.Frozen;
using Vireo.Api;

namespace Vireo.ApiServer.Routing;

/// <summary>What a path under /api or /apis names: a collection, an object, or a subresource of an object.</summary>
/// <param name="Kind">The kind of object.</param>
/// <param name="Namespace">The namespace; null for objects of the whole cluster and across all namespaces.</param>
/// <param name="Name">The object; null for a collection.</param>
/// <param name="Subresource">For example <c>status</c>; null for the object itself.</param>
internal sealed record ResourcePath(ResourceKind Kind, string? Namespace, string? Name, string? Subresource)
{
    private static FrozenDictionary<(string Group, string Version, string Plural), ResourceKind> Kinds { get; } =
        ResourceKinds.All.ToFrozenDictionary(kind => (kind.Group, kind.Version, kind.Plural));

    /// <summary>Reads a path; null when nothing that is served has it.</summary>
    public static ResourcePath? Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        return parts switch
        {
            ["api", var version, .. var rest] => Parse("", version, rest),
            ["apis", var group, var version, .. var rest] => Parse(group, version, rest),
            _ => null,
        };
    }

    private static ResourcePath? Parse(string group, string version, string[] rest) =>
        rest switch
        {
            // A namespace's own subresources look like collections inside it.
            ["namespaces", var ns, "status" or "finalize"] when group.Length == 0 => Find(
                group,
                version,
                "namespaces",
                null,
                ns,
                rest[2]
            ),
            ["namespaces", var ns, var plural] => Find(group, version, plural, ns, null, null),
            ["namespaces", var ns, var plural, var name] => Find(group, version, plural, ns, name, null),
            ["namespaces", var ns, var plural, var name, var sub] => Find(group, version, plural, ns, name, sub),
            [var plural] => Find(group, version, plural, null, null, null),
            [var plural, var name] => Find(group, version, plural, null, name, null),
            [var plural, var name, var sub] => Find(group, version, plural, null, name, sub),
            _ => null,
        };

    private static ResourcePath? Find(
        string group,
        string version,
        string plural,
        string? ns,
        string? name,
        string? subresource
    )
    {
        if (!Kinds.TryGetValue((group, version, plural), out var kind) || ns is "" || name is "")
        {
            return null;
        }

        var fits = kind.IsNamespaced ? ns is not null || name is null : ns is null;
        return fits ? new ResourcePath(kind, ns, name, subresource) : null;
    }
}
