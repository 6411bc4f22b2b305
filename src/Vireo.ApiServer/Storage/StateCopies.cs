using System.Collections.Concurrent;
using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>Copies of the state that somebody waits for, made by the writer between its batches.</summary>
/// <remarks>
/// Only the connection that writes can copy while it writes: what a batch changes goes into the copy as well, so that
/// the copy is the state at the moment of its last step.
/// </remarks>
/// <param name="file">What is copied. For the writer's thread.</param>
internal sealed class StateCopies(StateFile file)
{
    /// <summary>2 MB: about as long as a batch takes.</summary>
    private const int PagesInStep = 256;

    private readonly ConcurrentQueue<Pending> _waiting = [];
    private SqliteBackup? _copy;

    public bool IsIdle => _waiting.IsEmpty;

    /// <summary>
    /// Asks for a copy in a file that exists and is empty; completes with the revision that it shows.
    /// </summary>
    public Task<long> Add(string path, CancellationToken ct)
    {
        var pending = new Pending(path, ct);
        _waiting.Enqueue(pending);
        return pending.Task;
    }

    /// <summary>Takes one step of the copy that is being made. For the writer only.</summary>
    /// <param name="revision">The revision of the state now.</param>
    public void Step(long revision)
    {
        if (!_waiting.TryPeek(out var pending))
        {
            return;
        }

        try
        {
            if (pending.IsWithdrawn)
            {
                End(() => pending.TrySetCanceled());
                return;
            }

            _copy ??= file.Copy(pending.Path);

            if (!_copy.Step(PagesInStep))
            {
                End(() => pending.TrySetResult(revision));
            }
        }
        catch (SqliteException e)
        {
            End(() => pending.TrySetException(StoreException.NotCopied(e)));
        }
    }

    /// <summary>Gives up what is not complete. For the writer only, at its end.</summary>
    public void Stop()
    {
        while (_waiting.TryPeek(out var pending))
        {
            End(() => pending.TrySetException(StoreException.Closed()));
        }
    }

    /// <summary>The file is closed before who waits for it is told.</summary>
    private void End(Action tell)
    {
        _copy?.Dispose();
        _copy = null;
        _waiting.TryDequeue(out _);
        tell();
    }

    private sealed class Pending(string path, CancellationToken ct)
        : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Path => path;

        public bool IsWithdrawn => ct.IsCancellationRequested;
    }
}
