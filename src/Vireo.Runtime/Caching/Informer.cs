using System.Globalization;
using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.Runtime;

/// <summary>Keeps a copy of all objects that a query chooses, and tells of each change. Reads take no lock.</summary>
/// <param name="client">Where the objects are.</param>
/// <param name="query">Which objects; its limit, page and revision are the informer's own business.</param>
/// <param name="time">Times pauses between tries.</param>
/// <param name="logger">Told when the server cannot be followed.</param>
/// <param name="random">Spreads the tries of many; null for one of its own.</param>
/// <remarks>
/// Lists in pages, then watches from the list's revision. When the server no longer knows that revision, or watching
/// fails several times in a row, it lists again and tells what differs. In between the copy stays as it was.
/// </remarks>
public sealed class Informer<T>(
    KubernetesClient client,
    ListQuery query,
    TimeProvider time,
    ILogger logger,
    Random? random = null
)
    where T : class, IResource
{
    private const int PageSize = 500;
    private const int MaxFailedWatches = 3;

    private readonly Random _random = random ?? new Random();
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ObjectCache<T> _cache = ObjectCache<T>.Of([], new Dictionary<string, Func<T, IEnumerable<string>>>());
    private string? _version;
    private long _lastResync;

    /// <summary>
    /// An object as it was and is: null before it was there, null when it is gone. Raised on the informer's loop after
    /// the copy has it, so handlers must be quick. Twice the same object when nothing but time passed (resync).
    /// </summary>
    public event Action<T?, T?>? Changed;

    /// <summary>
    /// How often <see cref="Changed"/> is raised for every object although nothing changed; null for never.
    /// </summary>
    public TimeSpan? ResyncPeriod { get; init; }

    /// <summary>True once the copy is whole.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Every object at one moment.</summary>
    public IEnumerable<T> All => Cache.All;

    private ObjectCache<T> Cache
    {
        get => Volatile.Read(ref _cache);
        set => Volatile.Write(ref _cache, value);
    }

    /// <summary>The object, or null when there is none.</summary>
    public T? Find(ResourceKey key) => Cache.Find(key);

    /// <summary>True when the copy has an object as it is, or newer; revisions of one server can be compared.</summary>
    public bool HasSeen(T item) =>
        Find(ResourceKey.Of(item))?.Metadata.ResourceVersion is { } seen
        && long.Parse(seen, CultureInfo.InvariantCulture)
            >= long.Parse(item.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);

    /// <summary>Keeps objects findable by a value; call before <see cref="RunAsync"/>.</summary>
    public void Index(string name, Func<T, IEnumerable<string>> values)
    {
        _indexes.Add(name, values);
        Cache = ObjectCache<T>.Of([], _indexes);
    }

    /// <summary>The objects that an index has under a value.</summary>
    public IReadOnlyList<T> ByIndex(string name, string value) => Cache.ByIndex(name, value);

    /// <summary>Waits until the copy is whole.</summary>
    public Task WaitForSyncAsync(CancellationToken ct) => _synced.Task.WaitAsync(ct);

    /// <summary>Follows the server until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await FollowAsync(ct) is { } pause)
                {
                    await Task.Delay(pause, time, ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Lists when that is needed, then watches to the end of the watch. Tells how long to pause, if at all.
    /// </summary>
    private async Task<TimeSpan?> FollowAsync(CancellationToken ct)
    {
        var kind = ResourceKinds.Of<T>().Kind;
        try
        {
            _version ??= await ListAsync(ct);
            var began = time.GetTimestamp();
            var count = await WatchAsync(ct);
            Resync();
            if (count > 0 || time.GetElapsedTime(began) >= TimeSpan.FromSeconds(1))
            {
                _backoff.Reset();
                return null;
            }

            return _backoff.Next(_random);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (ApiException e) when (e.Reason == Reason.Expired && _version is not null && _backoff.Failures == 0)
        {
            _version = null;
            _backoff.Next(_random);
            return null;
        }
        catch (ApiException e)
        {
            var pause = _backoff.Next(_random);
            ForgetVersionIfStuck(e.Reason == Reason.Expired);
            CachingLog.CannotFollow(logger, kind, e.Reason, e.Message, pause);
            return e.RetryAfter > pause ? e.RetryAfter : pause;
        }
        catch (Exception e)
        {
            var pause = _backoff.Next(_random);
            ForgetVersionIfStuck(isExpired: true);
            CachingLog.FollowThrew(logger, e, kind, pause);
            return pause;
        }
    }

    /// <remarks>
    /// A server that lost its past (restored from a copy) may answer a revision it has not reached yet with anything:
    /// after some failures only a list tells what is there.
    /// </remarks>
    private void ForgetVersionIfStuck(bool isExpired) =>
        _version = isExpired || _backoff.Failures >= MaxFailedWatches ? null : _version;

    private async Task<string> ListAsync(CancellationToken ct)
    {
        var objects = new List<T>();
        var page = query with { Limit = PageSize, Continue = null, ResourceVersion = null };
        string version;
        do
        {
            var list = await client.ListAsync<T>(page, ct);
            objects.AddRange(list.Items);
            version = list.ResourceVersion ?? throw new ApiException(Reason.InternalError, "A list has no revision.");
            page = page with { Continue = list.Continue };
        } while (page.Continue is not null);

        var (old, now) = (Cache, ObjectCache<T>.Of(objects, _indexes));
        Cache = now;
        _synced.TrySetResult();
        _lastResync = time.GetTimestamp();
        foreach (var after in now.All)
        {
            var before = old.Find(ResourceKey.Of(after));
            if (before is null || before.Metadata.ResourceVersion != after.Metadata.ResourceVersion)
            {
                Raise(before, after);
            }
        }

        foreach (var gone in old.All.Where(before => now.Find(ResourceKey.Of(before)) is null))
        {
            Raise(gone, null);
        }

        return version;
    }

    /// <summary>Applies what the server tells until it ends the watch; tells how many messages came.</summary>
    private async Task<int> WatchAsync(CancellationToken ct)
    {
        var timeout = TimeSpan.FromMinutes(5 * (1 + _random.NextDouble()));
        timeout = ResyncPeriod < timeout ? ResyncPeriod.Value : timeout;
        // The server ends the watch in time; a connection that died without a word is ended here.
        using var silence = new CancellationTokenSource(timeout + TimeSpan.FromSeconds(30), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        var watch = query with { Limit = null, Continue = null, ResourceVersion = _version, WatchTimeout = timeout };
        var count = 0;
        try
        {
            await foreach (var message in client.WatchAsync<T>(watch, either.Token))
            {
                count++;
                _backoff.Reset();
                Apply(message);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Watch on over a new connection.
        }

        return count;
    }

    private void Apply(WatchEvent<T> message)
    {
        if (message.Object is { } resource)
        {
            var before = Cache.Find(ResourceKey.Of(resource));
            var isGone = message.Type == WatchEventType.Deleted;
            Cache = isGone ? Cache.Without(ResourceKey.Of(resource)) : Cache.With(resource);
            if (before is not null || !isGone)
            {
                Raise(before, isGone ? null : resource);
            }
        }

        _version = message.ResourceVersion ?? _version;
    }

    private void Resync()
    {
        if (ResyncPeriod is not { } period || time.GetElapsedTime(_lastResync) < period)
        {
            return;
        }

        _lastResync = time.GetTimestamp();
        foreach (var resource in All)
        {
            Raise(resource, resource);
        }
    }

    private void Raise(T? before, T? after)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                handler(before, after);
            }
            catch (Exception e)
            {
                CachingLog.HandlerThrew(logger, e, ResourceKinds.Of<T>().Kind, ResourceKey.Of((after ?? before)!));
            }
        }
    }
}
