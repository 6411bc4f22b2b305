using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>The one who writes: takes the writes that wait, and makes them durable with one commit.</summary>
/// <remarks>
/// A thread of its own, because a commit blocks for as long as the disk takes. While it does, the next batch gathers:
/// the more writers, the larger the batches. What a batch decides is shown to no one before it is on the disk.
/// </remarks>
internal sealed class WriterLoop
{
    /// <summary>How often the age of the history is looked at when nothing else happens.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<PendingWrite> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StateFile _file;
    private readonly ChangeFeed _feed;
    private readonly Housekeeping _housekeeping;
    private readonly StateCopies _copies;
    private readonly StoreLimits _limits;
    private readonly ILogger _logger;
    private volatile StoreState _state;

    public WriterLoop(
        StateFile file,
        StoreState state,
        ChangeFeed feed,
        Housekeeping housekeeping,
        StoreLimits limits,
        ILogger logger
    )
    {
        (_file, _state, _feed, _housekeeping) = (file, state, feed, housekeeping);
        (_limits, _logger, _copies) = (limits, logger, new(file));
    }

    /// <summary>What is stored now. Changes are seen here before they are in the feed.</summary>
    public StoreState State => _state;

    /// <summary>False once it was told to stop.</summary>
    public bool TakesWrites => !_queue.IsAddingCompleted;

    public void Start() => new Thread(Run) { Name = "vireo store writer", IsBackground = true }.Start();

    /// <summary>Completes when the write is durable and can be read.</summary>
    public Task<StoredObject> WriteAsync(StoreWrite write, CancellationToken ct)
    {
        var pending = new PendingWrite(write, ct);

        try
        {
            _queue.Add(pending, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            pending.SetException(StoreException.Closed());
        }

        return pending.Task;
    }

    /// <summary>Copies the state to a file that exists and is empty, while writes go on.</summary>
    public Task<long> CopyAsync(string path, CancellationToken ct)
    {
        var copy = _copies.Add(path, ct);

        try
        {
            _queue.Add(PendingWrite.Nudge(), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<long>(StoreException.Closed());
        }

        return copy;
    }

    /// <summary>Takes no more writes; completes when those that wait are done and the file is closed.</summary>
    public Task StopAsync()
    {
        _queue.CompleteAdding();
        return _ended.Task;
    }

    private void Run()
    {
        var pause = _limits.Quiet;

        while (!_queue.IsCompleted)
        {
            if (_queue.TryTake(out var first, _copies.IsIdle ? pause : TimeSpan.Zero))
            {
                Write(Gather(first));
                _housekeeping.AfterBatch();
                pause = _limits.Quiet;
            }
            else
            {
                pause = _housekeeping.Step() ? TimeSpan.Zero : Rest;
            }

            _copies.Step(_state.Revision);
        }

        _copies.Stop();
        _housekeeping.Finish();
        _file.Dispose();
        _feed.Close();
        _ended.SetResult();
    }

    private List<PendingWrite> Gather(PendingWrite first)
    {
        var batch = new List<PendingWrite>();
        var bytes = 0L;

        for (
            var next = first;
            next is not null;
            next = More()
                    ? _queue.TryTake(out var taken)
                        ? taken
                        : null
                    : null
        )
        {
            if (next.TryBegin())
            {
                batch.Add(next);
                bytes += next.Write.Json.Length;
            }
        }

        return batch;

        bool More() => batch.Count < _limits.BatchWrites && bytes < _limits.BatchBytes;
    }

    private void Write(List<PendingWrite> batch)
    {
        var plan = BatchPlan.Of(_state, [.. batch.Select(pending => pending.Write)]);

        if (plan.Changes.Count > 0)
        {
            try
            {
                _file.Commit(plan.Changes);
            }
            catch (Exception e)
            {
                // Also a bug changes nothing, and does not end the loop: the transaction is rolled back.
                Log.NotStored(_logger, batch.Count, e.Message);
                batch.ForEach(pending =>
                    pending.SetException(e is SqliteException s ? StoreException.NotStored(s) : e)
                );
                return;
            }

            _state = plan.Next;
            _feed.Publish(plan.Changes, plan.Next.Revision);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Complete(plan.Outcomes[i]);
        }
    }
}
