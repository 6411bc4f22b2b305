using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Vireo.Api;

namespace Vireo.ApiServer.Storage;

/// <summary>A stand-in that keeps everything in memory; the store on SQLite takes its place.</summary>
internal sealed class ResourceStore : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Kind, string Namespace, string Name), StoredObject> _objects = [];
    private readonly List<StoreEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Revision { get; private set; } = 1;

    public static ResourceStore Open(string path, TimeProvider time, ILogger logger) => new();

    public StoredObject? Find(ResourceKind kind, string? ns, string name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault((kind.GroupResource, ns ?? "", name));
        }
    }

    public StoreList List(ResourceKind kind, string? ns)
    {
        lock (_lock)
        {
            return new(Revision, [.. _objects.Values.Where(o => o.Kind == kind && (ns is null || o.Namespace == ns))]);
        }
    }

    public Task<StoredObject> WriteAsync(StoreWrite write, CancellationToken ct)
    {
        lock (_lock)
        {
            var key = (write.Kind.GroupResource, write.Namespace ?? "", write.Name);
            var old = _objects.GetValueOrDefault(key);
            if (write.Operation == StoreOperation.Create ? old is not null : old is null)
            {
                throw new StoreConflictException(
                    old is null ? StoreConflictReason.NotFound : StoreConflictReason.AlreadyExists
                );
            }

            if (write.ExpectedRevision is { } expected && old is not null && old.Revision != expected)
            {
                throw new StoreConflictException(StoreConflictReason.RevisionMismatch);
            }

            Revision++;
            byte[] json =
            [
                .. write.Json.Span[..write.VersionOffset],
                .. Encoding.UTF8.GetBytes($"\"resourceVersion\":\"{Revision}\","),
                .. write.Json.Span[write.VersionOffset..],
            ];
            var stored = new StoredObject(write.Kind, write.Namespace, write.Name, Revision, json);
            if (write.Operation == StoreOperation.Delete)
            {
                _objects.Remove(key);
            }
            else
            {
                _objects[key] = stored;
            }

            var type = (StoreEventType)(int)write.Operation;
            _events.Add(new(type, stored, old));
            (var changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            changed.SetResult();
            return Task.FromResult(stored);
        }
    }

    public async IAsyncEnumerable<StoreEvent> WatchAsync(
        ResourceKind kind,
        string? ns,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        for (var next = 0; ; )
        {
            StoreEvent[] fresh;
            Task changed;
            lock (_lock)
            {
                fresh = [.. _events.Skip(next)];
                next = _events.Count;
                changed = _changed.Task;
            }

            foreach (var e in fresh.Where(e => e.Object.Kind == kind && e.Object.Revision > afterRevision))
            {
                if (ns is null || e.Object.Namespace == ns)
                {
                    yield return e;
                }
            }

            await changed.WaitAsync(ct);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
