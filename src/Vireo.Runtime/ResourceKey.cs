using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Names one object of a kind. All that a reconciler is told: it looks the rest up.</summary>
/// <param name="Namespace">The namespace; null for objects of the whole cluster.</param>
/// <param name="Name">The object's name.</param>
public readonly record struct ResourceKey(string? Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    public static ResourceKey Of(IResource resource) =>
        new(
            resource.Metadata.Namespace,
            resource.Metadata.Name ?? throw new ArgumentException("The object has no name.", nameof(resource))
        );

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
