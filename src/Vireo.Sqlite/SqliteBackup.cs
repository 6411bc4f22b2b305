using Vireo.Sqlite.Native;

namespace Vireo.Sqlite;

/// <summary>A copy of a database that is made in steps while the database is used.</summary>
/// <remarks>
/// Between steps nothing is locked. Writes through the connection that is being copied go into the copy as well; a
/// write through another connection makes the copy start over, so the writer's own connection is the one to copy.
/// The copy is a database only after <see cref="Step"/> answered false: until then write it under a temporary name.
/// </remarks>
public sealed class SqliteBackup : IDisposable
{
    private readonly SqliteConnection _source;
    private readonly SqliteConnection _destination;
    private readonly BackupHandle _handle;

    internal SqliteBackup(SqliteConnection source, string path, bool isDurable)
    {
        _source = source;
        _destination = SqliteConnection.Open(path, SqliteOpenMode.ReadWriteCreate);

        if (!isDurable)
        {
            _destination.Execute("PRAGMA synchronous=OFF");
        }

        _handle = Sqlite3.sqlite3_backup_init(_destination.Handle, "main", source.Handle, "main");

        if (_handle.IsInvalid)
        {
            var result = Sqlite3.sqlite3_extended_errcode(_destination.Handle);
            var failure = Check.Failure(result, nameof(Sqlite3.sqlite3_backup_init), _destination.Handle);
            Dispose();
            throw failure;
        }
    }

    /// <summary>Pages of the database as of the last step.</summary>
    public int TotalPages => Sqlite3.sqlite3_backup_pagecount(_handle);

    /// <summary>Pages left to copy as of the last step.</summary>
    public int RemainingPages => Sqlite3.sqlite3_backup_remaining(_handle);

    /// <summary>
    /// Copies up to <paramref name="pages"/> pages; true while there are more, false once the copy is complete.
    /// </summary>
    /// <exception cref="SqliteException">After a transient one the step may be tried again.</exception>
    public bool Step(int pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pages);
        var result = Sqlite3.sqlite3_backup_step(_handle, pages);
        GC.KeepAlive(_source);

        return result switch
        {
            Sqlite3.SQLITE_OK => true,
            Sqlite3.SQLITE_DONE => false,
            _ => throw Check.Failure(result, nameof(Sqlite3.sqlite3_backup_step), _destination.Handle),
        };
    }

    /// <summary>Ends the backup. One that is not complete leaves a file without content.</summary>
    public void Dispose()
    {
        _handle.Dispose();
        _destination.Dispose();
    }
}
