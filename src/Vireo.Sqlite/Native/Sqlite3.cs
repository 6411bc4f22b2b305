using System.Runtime.InteropServices;

namespace Vireo.Sqlite.Native;

/// <summary>The functions of libsqlite3 that Vireo calls, under their C names, each declared once.</summary>
internal static unsafe partial class Sqlite3
{
    public const int SQLITE_OK = 0;
    public const int SQLITE_BUSY = 5;
    public const int SQLITE_NOMEM = 7;
    public const int SQLITE_READONLY = 8;
    public const int SQLITE_IOERR = 10;
    public const int SQLITE_CANTOPEN = 14;
    public const int SQLITE_ROW = 100;
    public const int SQLITE_DONE = 101;

    public const int SQLITE_INTEGER = 1;
    public const int SQLITE_TEXT = 3;
    public const int SQLITE_BLOB = 4;
    public const int SQLITE_NULL = 5;

    public const int SQLITE_OPEN_READONLY = 0x1;
    public const int SQLITE_OPEN_READWRITE = 0x2;
    public const int SQLITE_OPEN_CREATE = 0x4;
    public const int SQLITE_OPEN_FULLMUTEX = 0x10000;
    public const uint SQLITE_PREPARE_PERSISTENT = 0x1;

    /// <summary>A destructor argument that asks SQLite to copy the bytes before the call returns.</summary>
    public const nint SQLITE_TRANSIENT = -1;

    static Sqlite3() => NativeLibrary.SetDllImportResolver(typeof(Sqlite3).Assembly, SqliteLibrary.Resolve);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial byte* sqlite3_libversion();

    [LibraryImport(SqliteLibrary.Name)]
    public static partial byte* sqlite3_errstr(int result);

    [LibraryImport(SqliteLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_open_v2(string filename, out DatabaseHandle db, int flags, nint vfs);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_close_v2(nint db);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_extended_result_codes(DatabaseHandle db, int onOff);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_extended_errcode(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial byte* sqlite3_errmsg(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_system_errno(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_db_readonly(DatabaseHandle db, string schema);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_busy_timeout(DatabaseHandle db, int milliseconds);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_get_autocommit(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_changes(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial long sqlite3_last_insert_rowid(DatabaseHandle db);

    [LibraryImport(SqliteLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int sqlite3_exec(DatabaseHandle db, string sql, nint callback, nint argument, nint message);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_wal_checkpoint_v2(
        DatabaseHandle db,
        byte* schema,
        int mode,
        out int walFrames,
        out int checkpointedFrames
    );

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_prepare_v3(
        DatabaseHandle db,
        byte* sql,
        int length,
        uint flags,
        out StatementHandle statement,
        out byte* tail
    );

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_finalize(nint statement);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_step(StatementHandle statement);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_reset(StatementHandle statement);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_clear_bindings(StatementHandle statement);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_bind_null(StatementHandle statement, int parameter);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_bind_int64(StatementHandle statement, int parameter, long value);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_bind_text(
        StatementHandle statement,
        int parameter,
        byte* value,
        int length,
        nint destructor
    );

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_bind_blob(
        StatementHandle statement,
        int parameter,
        byte* value,
        int length,
        nint destructor
    );

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_data_count(StatementHandle statement);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_column_type(StatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial long sqlite3_column_int64(StatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial byte* sqlite3_column_blob(StatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial byte* sqlite3_column_text(StatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_column_bytes(StatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial BackupHandle sqlite3_backup_init(
        DatabaseHandle destination,
        string destinationSchema,
        DatabaseHandle source,
        string sourceSchema
    );

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_backup_step(BackupHandle backup, int pages);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_backup_remaining(BackupHandle backup);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_backup_pagecount(BackupHandle backup);

    [LibraryImport(SqliteLibrary.Name)]
    public static partial int sqlite3_backup_finish(nint backup);
}
