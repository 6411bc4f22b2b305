using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>Every object that is served: durable on disk, read from memory, and watched.</summary>
/// <remarks>
/// <para>
/// There is one revision counter for everything, as in etcd; each write takes the next number, which is never given
/// out again. Reads take no lock and see one moment of the whole store.
/// </para>
/// <para>
/// Of each kind the recent changes are kept (<see cref="StoreLimits"/>), also over a restart, except of kinds that
/// have no history: a watch goes on where it was, and only if its changes are gone it has to list again.
/// </para>
/// </remarks>
internal sealed class ResourceStore : IAsyncDisposable
{
    private readonly WriterLoop _writer;
    private readonly ChangeFeed _feed;

    private ResourceStore(WriterLoop writer, ChangeFeed feed) => (_writer, _feed) = (writer, feed);

    /// <summary>The newest revision that can be read.</summary>
    public long Revision => _writer.State.Revision;

    /// <summary>False once the store closes.</summary>
    public bool TakesWrites => _writer.TakesWrites;

    /// <summary>Opens the state, which is made if it does not exist; its folder must.</summary>
    /// <exception cref="StoreException">
    /// The file is damaged, in use, of a newer Vireo, or cannot be written; the message says what to do.
    /// </exception>
    public static ResourceStore Open(string path, TimeProvider time, ILogger logger) =>
        Open(path, time, logger, StoreLimits.Default);

    /// <inheritdoc cref="Open(string, TimeProvider, ILogger)" />
    public static ResourceStore Open(string path, TimeProvider time, ILogger logger, StoreLimits limits)
    {
        var started = time.GetTimestamp();
        var file = StateFile.Open(path);

        try
        {
            var obsolete = new Queue<ObsoleteRows>();
            var (state, feed) = Recovery.Replay(file, limits, time, obsolete, logger);
            var objects = ResourceKinds.All.Sum(kind => state[kind].Count);

            if (file.UpgradedFrom is { } schema)
            {
                Log.Upgraded(logger, path, schema, StateSchema.Version, SchemaUpgrade.Kept(path, schema));
            }

            Log.Opened(logger, path, objects, state.Revision, (long)time.GetElapsedTime(started).TotalMilliseconds);

            var housekeeping = new Housekeeping(file, feed, obsolete, limits, logger);
            var writer = new WriterLoop(file, state, feed, housekeeping, limits, logger);
            writer.Start();
            return new ResourceStore(writer, feed);
        }
        catch (SqliteException e)
        {
            file.Dispose();
            throw StoreException.NotOpened(path, e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The object, or null when there is none.</summary>
    public StoredObject? Find(ResourceKind kind, string? ns, string name) => _writer.State[kind].Find(ns, name);

    /// <summary>The objects of a kind, in one namespace or, for null, in all.</summary>
    public StoreList List(ResourceKind kind, string? ns)
    {
        var state = _writer.State;
        return new(state.Revision, state[kind].List(ns));
    }

    /// <summary>Stands for all objects of a kind as they are: another one once any of them has changed.</summary>
    public object StateOf(ResourceKind kind) => _writer.State[kind];

    /// <summary>Writes one object; completes when the write is durable and can be read.</summary>
    /// <param name="write">What is written.</param>
    /// <param name="ct">
    /// Withdraws the write as long as it waits. A write that has begun is done, and completes.
    /// </param>
    /// <returns>The object as it is stored; for a deletion its last state, at the revision of the deletion.</returns>
    /// <exception cref="StoreConflictException">The store does not hold what the write expects.</exception>
    /// <exception cref="StoreException">The disk refused, or the store is closed. Nothing was changed.</exception>
    public Task<StoredObject> WriteAsync(StoreWrite write, CancellationToken ct)
    {
        _ = StoreState.PositionOf(write.Kind);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(write.VersionOffset, nameof(write));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(write.VersionOffset, write.Json.Length, nameof(write));
        return _writer.WriteAsync(write, ct);
    }

    /// <summary>The changes of a kind after a revision, in order; ends when the store is closed.</summary>
    /// <exception cref="RevisionExpiredException">
    /// They are not all held any more, or the reader is so slow that they went by.
    /// </exception>
    public async IAsyncEnumerable<StoreEvent> WatchAsync(
        ResourceKind kind,
        string? ns,
        long afterRevision,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var watch = Watch(kind, ns, afterRevision);

        do
        {
            while (watch.TryRead(out var change))
            {
                yield return change;
            }
        } while (await watch.WaitAsync(ct));
    }

    /// <summary>
    /// As <see cref="WatchAsync"/>, for a reader that wants to know what waits and how far it has come.
    /// </summary>
    /// <exception cref="RevisionExpiredException">The changes after the revision are not all held.</exception>
    public StoreWatch Watch(ResourceKind kind, string? ns, long afterRevision) => new(_feed, kind, ns, afterRevision);

    /// <summary>
    /// Copies the whole state, as it is at one moment near the end, to a file that exists and is empty.
    /// </summary>
    /// <returns>The revision that the copy shows.</returns>
    /// <exception cref="StoreException">The disk refused, or the store is closed.</exception>
    public Task<long> CopyAsync(string path, CancellationToken ct) => _writer.CopyAsync(path, ct);

    /// <summary>Finishes the writes that wait, ends the watches, and closes the file.</summary>
    public async ValueTask DisposeAsync() => await _writer.StopAsync();
}
