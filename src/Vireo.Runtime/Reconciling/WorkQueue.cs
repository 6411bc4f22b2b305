using System.Threading.Channels;

namespace Vireo.Runtime;

/// <summary>Says which object to look at next.</summary>
/// <remarks>
/// A key waits at most once and is never with two workers at a time: one that is added while a worker has it comes up
/// again when the worker is done. A pass sees all there is to see, so taking a key drops its delay.
/// </remarks>
internal sealed class WorkQueue(string name, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<ResourceKey> _ready = Channel.CreateUnbounded<ResourceKey>();
    private readonly HashSet<ResourceKey> _waiting = [];
    private readonly HashSet<ResourceKey> _taken = [];
    private readonly HashSet<ResourceKey> _again = [];
    private readonly Dictionary<ResourceKey, int> _failures = [];
    private readonly Dictionary<ResourceKey, (long Due, long Number)> _delays = [];
    private readonly SortedDictionary<(long Due, long Number), ResourceKey> _delayed = [];
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(60));
    private ITimer? _timer;
    private long _lastNumber;

    /// <summary>Asks for a pass as soon as a worker is free.</summary>
    public void Add(ResourceKey key)
    {
        lock (_gate)
        {
            AddLocked(key);
        }
    }

    /// <summary>Asks for a pass after a while; the earliest of several such wishes counts.</summary>
    public void AddAfter(ResourceKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            AddAfterLocked(key, delay);
        }
    }

    /// <summary>Asks for a pass after a pause that grows with each failure in a row.</summary>
    public void AddFailed(ResourceKey key)
    {
        lock (_gate)
        {
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            AddAfterLocked(key, _backoff.After(failures));
        }
    }

    /// <summary>Forgets the failures of a key.</summary>
    public void Forget(ResourceKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>The next key, which no other worker has. Follow with <see cref="Done"/>.</summary>
    public async ValueTask<ResourceKey> TakeAsync(CancellationToken ct)
    {
        var key = await _ready.Reader.ReadAsync(ct);
        lock (_gate)
        {
            _waiting.Remove(key);
            _taken.Add(key);
            DropDelayLocked(key);
        }

        RuntimeMetrics.QueueDepth.Add(-1, RuntimeMetrics.Controller(name));
        return key;
    }

    /// <summary>Gives a key back after its pass.</summary>
    public void Done(ResourceKey key)
    {
        lock (_gate)
        {
            _taken.Remove(key);
            if (_again.Remove(key))
            {
                AddLocked(key);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
        }
    }

    private void AddLocked(ResourceKey key)
    {
        if (_taken.Contains(key))
        {
            _again.Add(key);
        }
        else if (_waiting.Add(key))
        {
            _ready.Writer.TryWrite(key);
            RuntimeMetrics.QueueDepth.Add(1, RuntimeMetrics.Controller(name));
        }
    }

    private void AddAfterLocked(ResourceKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            AddLocked(key);
            return;
        }

        var due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        var isSooner = !_delays.TryGetValue(key, out var other) || due < other.Due;
        if (isSooner && !_waiting.Contains(key) && !_again.Contains(key))
        {
            DropDelayLocked(key);
            _delays[key] = (due, ++_lastNumber);
            _delayed.Add((due, _lastNumber), key);
            SetTimerLocked();
        }
    }

    private void DropDelayLocked(ResourceKey key)
    {
        if (_delays.Remove(key, out var place))
        {
            _delayed.Remove(place);
        }
    }

    private void WakeUp()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_delayed.Count > 0 && _delayed.First() is var (place, key) && place.Due <= now)
            {
                DropDelayLocked(key);
                AddLocked(key);
            }

            SetTimerLocked();
        }
    }

    private void SetTimerLocked()
    {
        if (_delayed.Count == 0)
        {
            return;
        }

        var due = time.GetElapsedTime(time.GetTimestamp(), _delayed.First().Key.Due);
        // Timers count whole milliseconds: rounded down they would fire too early, again and again.
        var wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(due.TotalMilliseconds)));
        _timer ??= time.CreateTimer(static queue => ((WorkQueue)queue!).WakeUp(), this, wait, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
