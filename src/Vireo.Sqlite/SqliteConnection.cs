using System.Text;
using Vireo.Sqlite.Native;
using static Vireo.Sqlite.Native.Sqlite3;

namespace Vireo.Sqlite;

/// <summary>An open database file.</summary>
/// <remarks>
/// For one thread at a time: SQLite serializes calls, but a transaction, <see cref="Changes"/> and a statement's row
/// belong to whoever uses the connection. Dispose statements and backups first: the file stays open until the last of
/// them is gone.
/// </remarks>
public sealed class SqliteConnection : IDisposable
{
    /// <summary>Refuses what is not valid Unicode, so that text comes back as it was given or not at all.</summary>
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private SqliteConnection(DatabaseHandle handle) => Handle = handle;

    /// <summary>The version of the system's library, such as "3.40.1".</summary>
    public static unsafe string SqliteVersion => Check.Text(sqlite3_libversion());

    internal DatabaseHandle Handle { get; }

    /// <summary>The file, as an absolute path.</summary>
    public string Path => Handle.Path;

    /// <summary>
    /// Whether a transaction is open. An error may have ended one: disk full, I/O error, out of memory.
    /// </summary>
    public bool InTransaction => sqlite3_get_autocommit(Handle) == 0;

    /// <summary>How many rows the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => sqlite3_changes(Handle);

    /// <summary>The rowid of the last row inserted through this connection.</summary>
    public long LastInsertRowId => sqlite3_last_insert_rowid(Handle);

    /// <summary>
    /// A number in the file's header that SQLite leaves to the application: the version of the schema.
    /// </summary>
    public int UserVersion
    {
        get => (int)ReadInt64("PRAGMA user_version");
        set => Execute($"PRAGMA user_version = {value}");
    }

    /// <summary>Opens a file. The name is always a path: ":memory:" and "file:" have no special meaning.</summary>
    /// <param name="path">The file; relative to the current folder if it is not absolute.</param>
    /// <param name="mode">What may be done with it.</param>
    /// <param name="busyTimeout">How long a call waits for another connection's lock; zero fails at once.</param>
    /// <exception cref="SqliteException">
    /// The file cannot be opened, or only for reading. Whether it is a database is known at the first use.
    /// </exception>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(busyTimeout, TimeSpan.Zero);
        path = System.IO.Path.GetFullPath(path);
        var result = sqlite3_open_v2(path, out var handle, Flags(mode), vfs: 0);
        handle.Path = path;

        try
        {
            Check.Ok(result, nameof(sqlite3_open_v2), handle);
            Check.Ok(sqlite3_extended_result_codes(handle, 1), nameof(sqlite3_extended_result_codes), handle);
            var milliseconds = (int)Math.Min(busyTimeout.TotalMilliseconds, int.MaxValue);
            Check.Ok(sqlite3_busy_timeout(handle, milliseconds), nameof(sqlite3_busy_timeout), handle);

            // Where writing is not permitted SQLite opens for reading without a word.
            if (mode != SqliteOpenMode.ReadOnly && sqlite3_db_readonly(handle, "main") == 1)
            {
                throw Check.Failure(SQLITE_READONLY, nameof(sqlite3_open_v2), handle);
            }

            return new SqliteConnection(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Runs one or more statements to their end and drops their rows.</summary>
    public void Execute(string sql) => Check.Ok(sqlite3_exec(Handle, sql, 0, 0, 0), nameof(sqlite3_exec), Handle, sql);

    /// <summary>Compiles one statement, for use many times: callers keep it.</summary>
    /// <exception cref="ArgumentException">There is no statement, or more than one.</exception>
    public unsafe SqliteStatement Prepare(string sql)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        var utf8 = Utf8.GetBytes(sql);

        fixed (byte* start = utf8)
        {
            const uint flags = SQLITE_PREPARE_PERSISTENT;
            var result = sqlite3_prepare_v3(Handle, start, utf8.Length, flags, out var statement, out var tail);
            Check.Ok(result, nameof(sqlite3_prepare_v3), Handle, sql);

            if (!statement.IsInvalid && utf8.AsSpan((int)(tail - start)).Trim(" \r\n\t;"u8).IsEmpty)
            {
                return new SqliteStatement(this, statement, sql);
            }

            statement.Dispose();
            throw new ArgumentException($"One statement is expected; use Execute for several: {sql}", nameof(sql));
        }
    }

    /// <summary>The first column of the first row, which must be an integer: for a PRAGMA or a count.</summary>
    public long ReadInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.GetInt64(0) : throw NoRow(sql);
    }

    /// <summary>
    /// The first column of the first row, null if it is NULL: for a PRAGMA, such as what journal_mode became.
    /// </summary>
    public string? ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.GetText(0) : throw NoRow(sql);
    }

    /// <summary>
    /// Starts a transaction that holds the write lock from its beginning, so it cannot fail as busy later.
    /// </summary>
    /// <example><code>using var transaction = connection.BeginImmediate(); ...; transaction.Commit();</code></example>
    public SqliteTransaction BeginImmediate()
    {
        Execute("BEGIN IMMEDIATE");
        return new SqliteTransaction(this);
    }

    /// <summary>Moves committed pages from the write-ahead log into the database file.</summary>
    public unsafe SqliteCheckpoint Checkpoint(SqliteCheckpointMode mode)
    {
        var result = sqlite3_wal_checkpoint_v2(Handle, null, (int)mode, out var frames, out var moved);
        var isBlocked = (result & 0xFF) == SQLITE_BUSY;

        return result == SQLITE_OK || isBlocked
            ? new SqliteCheckpoint(isBlocked, frames, moved)
            : throw Check.Failure(result, nameof(sqlite3_wal_checkpoint_v2), Handle);
    }

    /// <summary>Reads the whole file and returns what is wrong with it: nothing when it is sound.</summary>
    /// <remarks>
    /// Damage that ends the check is its last line, so that there is one way to ask and one kind of answer.
    /// </remarks>
    /// <param name="quick">Leaves out the comparison of each index with its table, which is most of the time.</param>
    /// <exception cref="SqliteException">The file cannot be read for another reason than damage.</exception>
    public IReadOnlyList<string> IntegrityCheck(bool quick = false)
    {
        var problems = new List<string>();

        try
        {
            using var statement = Prepare(quick ? "PRAGMA quick_check" : "PRAGMA integrity_check");

            while (statement.Step())
            {
                problems.Add(statement.GetText(0) ?? "");
            }
        }
        catch (SqliteException e) when (e.IsCorrupt)
        {
            problems.Add(e.Message);
        }

        return problems is ["ok"] ? [] : problems;
    }

    /// <summary>Starts a copy to another file; what is there is overwritten.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isDurable">False for a copy that is worth nothing after a crash: no step waits for the disk.</param>
    public SqliteBackup Backup(string path, bool isDurable = true) => new(this, path, isDurable);

    /// <summary>
    /// Closes the file once its statements and backups are disposed. An open transaction is rolled back.
    /// </summary>
    public void Dispose() => Handle.Dispose();

    private static int Flags(SqliteOpenMode mode) =>
        SQLITE_OPEN_FULLMUTEX
        | mode switch
        {
            SqliteOpenMode.ReadOnly => SQLITE_OPEN_READONLY,
            SqliteOpenMode.ReadWrite => SQLITE_OPEN_READWRITE,
            SqliteOpenMode.ReadWriteCreate => SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode."),
        };

    private static InvalidOperationException NoRow(string sql) => new($"A row is expected from: {sql}");
}
