using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Runs a reconciler: for every object that changed, one pass at a time, again as its outcome says.</summary>
/// <param name="name">For logs and metrics.</param>
/// <param name="reconciler">What is run.</param>
/// <param name="time">Times rechecks and pauses.</param>
/// <param name="logger">Told of failures.</param>
public sealed class Controller(string name, IReconciler reconciler, TimeProvider time, ILogger logger)
{
    /// <summary>Looks at the objects that a changed object concerns. Call before <see cref="RunAsync"/>.</summary>
    /// <param name="informer">Whose changes.</param>
    /// <param name="keys">The objects that one concerns; asked for its state before and after a change.</param>
    public void Watch<T>(Informer<T> informer, Func<T, IEnumerable<ResourceKey>> keys)
        where T : class, IResource => throw new NotSupportedException("Being written.");

    /// <summary>Looks at an object soon.</summary>
    public void Enqueue(ResourceKey key) => throw new NotSupportedException("Being written.");

    /// <summary>Waits for the informers to be whole, then works until cancelled; returns once no pass is running.</summary>
    public Task RunAsync(int workers, CancellationToken ct) => throw new NotSupportedException("Being written.");
}
