using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>One page of objects.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">The revision they were read at: a watch from here misses nothing.</param>
/// <param name="Continue">Reads the next page; null on the last.</param>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, string? ResourceVersion, string? Continue)
    where T : class, IResource;
