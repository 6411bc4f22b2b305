using System.Text.Json;
using Vireo.Api;
using Vireo.ApiServer.Answers;
using Vireo.ApiServer.Storage;

namespace Vireo.ApiServer.Acting;

/// <summary>An object as the store has it, and read.</summary>
internal sealed record Found<T>(StoredObject Stored, T Object)
    where T : class, IResource;

/// <summary>Reads objects for actions on them.</summary>
internal static class Finding
{
    /// <summary>The object, or null when there is none.</summary>
    public static Found<T>? Find<T>(this ResourceStore store, string? ns, string name)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        return store.Find(kind, ns, name) is { } stored ? new(stored, Read(kind, stored)) : null;
    }

    /// <summary>The object.</summary>
    /// <exception cref="StatusException">NotFound: there is none.</exception>
    public static Found<T> Require<T>(this ResourceStore store, string? ns, string name)
        where T : class, IResource => store.Find<T>(ns, name) ?? throw Refusals.NoObject(ResourceKinds.Of<T>(), name);

    /// <summary>Every object of a kind.</summary>
    public static IReadOnlyList<T> All<T>(this ResourceStore store)
        where T : class, IResource
    {
        var kind = ResourceKinds.Of<T>();
        return [.. store.List(kind, null).Items.Select(stored => Read(kind, stored))];
    }

    private static T Read<T>(ResourceKind<T> kind, StoredObject stored)
        where T : class, IResource =>
        JsonSerializer.Deserialize(stored.Json.Span, kind.JsonType)
        ?? throw new InvalidOperationException($"The stored {kind.Kind} {stored.Name} is empty.");
}
