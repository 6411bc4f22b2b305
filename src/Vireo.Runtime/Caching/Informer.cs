using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Keeps a copy of all objects that a query chooses, and tells of each change. Reads take no lock.</summary>
/// <param name="client">Where the objects are.</param>
/// <param name="query">Which objects; its limit, page and revision are the informer's own business.</param>
/// <param name="time">Times pauses between tries.</param>
/// <param name="logger">Told when the server cannot be followed.</param>
/// <param name="random">Spreads the tries of many; null for one of its own.</param>
public sealed class Informer<T>(
    KubernetesClient client,
    ListQuery query,
    TimeProvider time,
    ILogger logger,
    Random? random = null
)
    where T : class, IResource
{
    /// <summary>
    /// An object as it was and is: null before it was there, null when it is gone. Raised on the informer's loop after
    /// the copy has it, so handlers must be quick.
    /// </summary>
    public event Action<T?, T?>? Changed;

    /// <summary>After this, <see cref="Changed"/> is raised for every object again; null for never.</summary>
    public TimeSpan? ResyncPeriod { get; init; }

    /// <summary>True once the copy is whole.</summary>
    public bool HasSynced => false;

    /// <summary>Every object at one moment.</summary>
    public IEnumerable<T> All => [];

    /// <summary>The object, or null when there is none.</summary>
    public T? Find(ResourceKey key) => throw new NotSupportedException("Being written.");

    /// <summary>Keeps objects findable by a value; call before <see cref="RunAsync"/>.</summary>
    public void Index(string name, Func<T, IEnumerable<string>> values) => Changed?.Invoke(null, null);

    /// <summary>The objects that an index has under a value.</summary>
    public IReadOnlyList<T> ByIndex(string name, string value) => [];

    /// <summary>Follows the server until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => throw new NotSupportedException("Being written.");

    /// <summary>Waits until the copy is whole.</summary>
    public Task WaitForSyncAsync(CancellationToken ct) => throw new NotSupportedException("Being written.");
}
