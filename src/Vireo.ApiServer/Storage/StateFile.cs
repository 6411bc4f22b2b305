using Vireo.Api;
using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>A row of the log as it was read.</summary>
/// <param name="Kind">The position of the kind; null when this Vireo does not serve it.</param>
/// <param name="Object">The object that the row holds; null with the kind.</param>
/// <param name="Revision">The row's revision.</param>
/// <param name="IsDeleted">Whether the row says that the object is gone.</param>
internal readonly record struct LogRow(int? Kind, StoredObject? Object, long Revision, bool IsDeleted);

/// <summary>The state on disk: all of the store's SQL. For one thread at a time.</summary>
internal sealed class StateFile : IDisposable
{
    /// <summary>What a write dirties beside its own bytes, to estimate the log's growth.</summary>
    private const int PageBytes = 8192;

    private readonly SqliteConnection _db;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _complete;
    private readonly long[] _ids;
    private readonly long[] _completeAfter;
    private readonly Dictionary<long, string> _resources = [];

    private StateFile(SqliteConnection db, int? upgradedFrom)
    {
        (_db, UpgradedFrom) = (db, upgradedFrom);
        _ids = new long[ResourceKinds.All.Count];
        _completeAfter = new long[ResourceKinds.All.Count];
        ReadKinds();
        _insert = db.Prepare("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _remove = db.Prepare("DELETE FROM log WHERE revision = ?1");
        _complete = db.Prepare("UPDATE kinds SET complete_after = ?2 WHERE id = ?1");
        WalBytes = new FileInfo(db.Path + "-wal") is { Exists: true } wal ? wal.Length : 0;
    }

    /// <summary>About how many bytes wait in the write-ahead log.</summary>
    public long WalBytes { get; private set; }

    /// <summary>The schema that the file had when it was opened; null when it is this program's.</summary>
    public int? UpgradedFrom { get; }

    /// <exception cref="StoreException">The file cannot be used; the message says what to do.</exception>
    public static StateFile Open(string path)
    {
        var db = StateSchema.Open(path, out var upgradedFrom);

        try
        {
            return new StateFile(db, upgradedFrom);
        }
        catch (SqliteException e)
        {
            db.Dispose();
            throw StoreException.NotOpened(path, e);
        }
    }

    /// <summary>The revision after which every change of a kind is in the log.</summary>
    public long CompleteAfter(int kind) => _completeAfter[kind];

    /// <summary>The newest revision that was ever given out, also if its row is gone.</summary>
    public long ReadRevision() =>
        _db.ReadInt64(
            $"""
            SELECT max((SELECT ifnull(max(revision), {StoreState.FirstRevision}) FROM log),
                (SELECT max(complete_after) FROM kinds))
            """
        );

    /// <summary>Reads the log from its oldest row to its newest.</summary>
    /// <exception cref="StoreException">A row is not as it was written.</exception>
    public IEnumerable<LogRow> ReadLog()
    {
        using var rows = _db.Prepare(
            "SELECT revision, kind, namespace, name, deleted, checksum, json FROM log ORDER BY revision"
        );

        while (rows.Step())
        {
            yield return Read(rows);
        }
    }

    /// <summary>Makes changes durable, all or none.</summary>
    /// <exception cref="SqliteException">None was stored.</exception>
    public void Commit(IReadOnlyList<StoreEvent> changes)
    {
        using var transaction = _db.BeginImmediate();
        WalBytes += PageBytes;

        foreach (var change in changes)
        {
            var kind = StoreState.PositionOf(change.Object.Kind);
            WalBytes += change.Object.Json.Length;

            if (!change.Object.Kind.HasNoHistory)
            {
                Insert(kind, change);
                continue;
            }

            if (change.Previous is { } previous)
            {
                Remove(previous.Revision);
            }

            if (change.Type == StoreEventType.Deleted)
            {
                SetCompleteAfter(kind, change.Revision);
            }
            else
            {
                Insert(kind, change);
            }
        }

        transaction.Commit();
    }

    /// <summary>Removes rows that nobody needs, in one transaction.</summary>
    /// <exception cref="SqliteException">None was removed.</exception>
    public void Remove(IReadOnlyList<ObsoleteRows> obsolete)
    {
        using var transaction = _db.BeginImmediate();

        // In the order of the file, so that rows on one page go together.
        foreach (var row in obsolete.Select(rows => rows.Replaced).Order())
        {
            Remove(row);
        }

        foreach (var rows in obsolete.Where(rows => rows.IsDeletion))
        {
            Remove(rows.Revision);
        }

        foreach (var kind in obsolete.GroupBy(rows => rows.Kind))
        {
            SetCompleteAfter(kind.Key, kind.Max(rows => rows.Revision));
        }

        transaction.Commit();
    }

    /// <summary>
    /// Lets go of the past and of every revision up to one: a client that knows a later state must list.
    /// </summary>
    /// <remarks>For a file in another's place: what came after it was given out cannot be told from what comes
    /// now.</remarks>
    public void Forget(long revision)
    {
        using var transaction = _db.BeginImmediate();
        _db.Execute(
            "DELETE FROM log WHERE deleted = 1 "
                + "OR revision NOT IN (SELECT max(revision) FROM log GROUP BY kind, namespace, name)"
        );
        using var complete = _db.Prepare("UPDATE kinds SET complete_after = ?1");
        complete.Bind(1, revision);
        complete.Execute();
        transaction.Commit();
    }

    /// <summary>Reads the whole file, indexes and all.</summary>
    /// <exception cref="StoreException">Something in it is not as it was written.</exception>
    public void Check()
    {
        if (_db.IntegrityCheck() is [var problem, ..])
        {
            throw StoreException.Damaged(_db.Path, problem);
        }
    }

    /// <summary>Begins a copy to another file, which is complete when its last step is done.</summary>
    public SqliteBackup Copy(string path) => _db.Backup(path, isDurable: false);

    /// <summary>Gives up to so many pages back to the disk when many are unused; false when there is no need.</summary>
    public bool Shrink(int pages)
    {
        var unused = _db.ReadInt64("PRAGMA freelist_count");

        if (unused <= Math.Max(pages, _db.ReadInt64("PRAGMA page_count") / 4))
        {
            return false;
        }

        _db.Execute($"PRAGMA incremental_vacuum({pages})");
        WalBytes += pages * PageBytes;
        return true;
    }

    /// <summary>Moves the write-ahead log into the file.</summary>
    /// <param name="truncates">Also gives its space back; without, the next write begins at its start.</param>
    public void Checkpoint(bool truncates)
    {
        var done = _db.Checkpoint(truncates ? SqliteCheckpointMode.Truncate : SqliteCheckpointMode.Passive);
        WalBytes = (long)(done.WalFrames - done.CheckpointedFrames) * PageBytes;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _remove.Dispose();
        _complete.Dispose();
        _db.Dispose();
    }

    private void ReadKinds()
    {
        using var transaction = _db.BeginImmediate();
        using var add = _db.Prepare("INSERT OR IGNORE INTO kinds (resource, complete_after) VALUES (?1, ?2)");
        using var find = _db.Prepare("SELECT id, complete_after FROM kinds WHERE resource = ?1");

        for (var kind = 0; kind < _ids.Length; kind++)
        {
            // Without its version, so that another version of the kind finds the same objects.
            add.Bind(1, ResourceKinds.All[kind].GroupResource);
            add.Bind(2, StoreState.FirstRevision);
            add.Execute();
            find.Bind(1, ResourceKinds.All[kind].GroupResource);
            find.Step();
            (_ids[kind], _completeAfter[kind]) = (find.GetInt64(0), find.GetInt64(1));
            find.Reset();
        }

        transaction.Commit();
        using var all = _db.Prepare("SELECT id, resource FROM kinds");

        while (all.Step())
        {
            _resources.Add(all.GetInt64(0), all.GetText(1)!);
        }
    }

    private LogRow Read(SqliteStatement row)
    {
        var revision = row.GetInt64(0);
        var id = row.GetInt64(1);
        var isDeleted = row.GetInt64(4) != 0;
        var json = row.GetBlob(6);

        if (
            !_resources.TryGetValue(id, out var resource)
            || row.GetText(3) is not { } name
            || Checksum.Of(new(revision, resource, row.GetText(2), name, isDeleted), json) != row.GetInt64(5)
        )
        {
            throw StoreException.Damaged(_db.Path, $"the checksum of row {revision} of the log is wrong");
        }

        var kind = Array.IndexOf(_ids, id);
        return kind < 0
            ? new(null, null, revision, isDeleted)
            : new(
                kind,
                new StoredObject(ResourceKinds.All[kind], row.GetText(2), name, revision, json.ToArray()),
                revision,
                isDeleted
            );
    }

    private void Insert(int kind, StoreEvent change)
    {
        var stored = change.Object;
        var isDeleted = change.Type == StoreEventType.Deleted;
        var key = new RowKey(stored.Revision, _resources[_ids[kind]], stored.Namespace, stored.Name, isDeleted);
        _insert.Bind(1, stored.Revision);
        _insert.Bind(2, _ids[kind]);
        _insert.Bind(3, stored.Namespace);
        _insert.Bind(4, stored.Name);
        _insert.Bind(5, isDeleted ? 1 : 0);
        _insert.Bind(6, Checksum.Of(key, stored.Json.Span));
        _insert.Bind(7, stored.Json.Span);
        _insert.Execute();
    }

    private void Remove(long revision)
    {
        WalBytes += PageBytes;
        _remove.Bind(1, revision);
        _remove.Execute();
    }

    private void SetCompleteAfter(int kind, long revision)
    {
        _complete.Bind(1, _ids[kind]);
        _complete.Bind(2, revision);
        _complete.Execute();
    }
}
