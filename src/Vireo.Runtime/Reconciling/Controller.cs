using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Runs a reconciler: for every object that changed, one pass at a time, again as its outcome says.</summary>
/// <param name="name">For logs and metrics.</param>
/// <param name="reconciler">What is run.</param>
/// <param name="time">Times rechecks and pauses.</param>
/// <param name="logger">Told of failures.</param>
/// <remarks>
/// <see cref="Outcome.Settled"/> and <see cref="Outcome.Blocked"/> end there; <see cref="Outcome.Progressed"/> is
/// followed by a pass at once, <see cref="Outcome.Waiting"/> by one after its time, <see cref="Outcome.Failed"/> and an
/// exception by one after a pause from 5 ms to 60 s. A conflict means that the object was read too early: it is looked
/// at again at once, silently, a few times.
/// </remarks>
public sealed class Controller(string name, IReconciler reconciler, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxConflictsInARow = 5;

    private readonly WorkQueue _queue = new(name, time);
    private readonly ConcurrentBag<Func<CancellationToken, Task>> _syncs = [];
    private readonly ConcurrentDictionary<ResourceKey, int> _conflicts = new();

    /// <summary>Looks at the objects that a changed object concerns, now and whenever one changes.</summary>
    /// <param name="informer">Whose changes. <see cref="RunAsync"/> waits until it is whole.</param>
    /// <param name="keys">The objects that one concerns; asked for its state before and after a change.</param>
    public void Watch<T>(Informer<T> informer, Func<T, IEnumerable<ResourceKey>> keys)
        where T : class, IResource
    {
        _syncs.Add(informer.WaitForSyncAsync);
        informer.Changed += (before, after) =>
        {
            Enqueue(before);
            Enqueue(after);
        };
        foreach (var resource in informer.All)
        {
            Enqueue(resource);
        }

        void Enqueue(T? resource)
        {
            foreach (var key in resource is null ? [] : keys(resource))
            {
                _queue.Add(key);
            }
        }
    }

    /// <summary>
    /// Makes <see cref="RunAsync"/> wait for more than what is watched: what is not seen yet is not what is not there.
    /// </summary>
    /// <param name="sync">Completes when all that the reconciler looks up is seen.</param>
    public void WaitFor(Func<CancellationToken, Task> sync) => _syncs.Add(sync);

    /// <summary>Looks at an object soon.</summary>
    public void Enqueue(ResourceKey key) => _queue.Add(key);

    /// <summary>
    /// Waits for the informers to be whole, then works until cancelled; returns once no pass is running.
    /// </summary>
    public async Task RunAsync(int workers, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        try
        {
            await Task.WhenAll(_syncs.Select(sync => sync(ct)));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }

        await Task.WhenAll(
            Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(ct), CancellationToken.None))
        );
    }

    /// <inheritdoc />
    public void Dispose() => _queue.Dispose();

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                var key = await _queue.TakeAsync(ct);
                try
                {
                    await PassAsync(key, ct);
                }
                finally
                {
                    _queue.Done(key);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task PassAsync(ResourceKey key, CancellationToken ct)
    {
        string result;
        try
        {
            var outcome = await reconciler.ReconcileAsync(key, ct);
            result = Follow(key, outcome);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (ApiException e) when (e.Reason == Reason.Conflict)
        {
            result = "Conflict";
            FollowConflict(key, e);
        }
        catch (ApiException e) when (e.IsTransient)
        {
            result = e.Reason.ToString();
            ReconcilingLog.PassFailed(logger, name, key, result, e.Message);
            _queue.AddFailed(key);
        }
        catch (Exception e)
        {
            result = "Exception";
            ReconcilingLog.PassThrew(logger, e, name, key);
            _queue.AddFailed(key);
        }

        RuntimeMetrics.Passes.Add(1, RuntimeMetrics.Controller(name), new("outcome", result));
    }

    private string Follow(ResourceKey key, Outcome outcome)
    {
        _conflicts.TryRemove(key, out _);
        if (outcome is Outcome.Failed failed)
        {
            ReconcilingLog.PassFailed(logger, name, key, failed.Reason, failed.Message);
            _queue.AddFailed(key);
            return nameof(Outcome.Failed);
        }

        _queue.Forget(key);
        switch (outcome)
        {
            case Outcome.Waiting waiting:
                _queue.AddAfter(key, waiting.RecheckAfter);
                return nameof(Outcome.Waiting);
            case Outcome.Blocked blocked:
                ReconcilingLog.PassBlocked(logger, name, key, blocked.Reason, blocked.Message);
                return nameof(Outcome.Blocked);
            case var _ when outcome == Outcome.Progressed:
                _queue.Add(key);
                return nameof(Outcome.Progressed);
            default:
                return nameof(Outcome.Settled);
        }
    }

    private void FollowConflict(ResourceKey key, ApiException e)
    {
        if (_conflicts.AddOrUpdate(key, 1, (_, count) => count + 1) <= MaxConflictsInARow)
        {
            _queue.Add(key);
            return;
        }

        ReconcilingLog.PassFailed(logger, name, key, e.Reason.ToString(), e.Message);
        _queue.AddFailed(key);
    }
}
