using Vireo.Api;
using Vireo.ApiServer.Routing;

namespace Vireo.ApiServer.Security;

/// <summary>Something that somebody would do, as roles see it.</summary>
/// <param name="Verb">What.</param>
/// <param name="Path">With a path that is no resource; null when it is one.</param>
internal sealed record AccessRequest(string Verb, string? Path = null)
{
    /// <summary>The API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>The resource, with its subresource after a slash.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The namespace; null for what belongs to the whole cluster or is asked of all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object; null for all of them, and for one to be made.</summary>
    public string? Name { get; init; }

    /// <summary>What a request for objects would do. A namespace counts as being in itself.</summary>
    public static AccessRequest Of(ResourcePath path, string verb) =>
        new(verb)
        {
            Group = path.Kind.Group,
            Resource = path.Subresource is null ? path.Kind.Plural : $"{path.Kind.Plural}/{path.Subresource}",
            Namespace = ReferenceEquals(path.Kind, ResourceKinds.Namespaces) ? path.Name : path.Namespace,
            Name = path.Name,
        };

    /// <summary>What is asked about in a review; null when it asks about nothing.</summary>
    public static AccessRequest? Of(ResourceAttributes? resource, NonResourceAttributes? path) =>
        (resource, path) switch
        {
            ({ } about, null) => new(about.Verb ?? "")
            {
                Group = about.Group ?? "",
                Resource = about.Subresource is { Length: > 0 } sub ? $"{about.Resource}/{sub}" : about.Resource ?? "",
                Namespace = about.Namespace is { Length: > 0 } ns ? ns : null,
                Name = about.Name is { Length: > 0 } name ? name : null,
            },
            (null, { } about) => new(about.Verb ?? "", about.Path ?? ""),
            _ => null,
        };
}
