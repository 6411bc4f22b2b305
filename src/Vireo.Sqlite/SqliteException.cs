using Vireo.Sqlite.Native;

namespace Vireo.Sqlite;

/// <summary>
/// What SQLite refused, in which call, and of which kind: callers act on the kind, people on the message.
/// </summary>
/// <remarks>
/// The message names the file, the SQL (never the values bound to it), SQLite's reason and what to do. After an error
/// inside a transaction SQLite may have rolled it back: see <see cref="SqliteConnection.InTransaction"/>.
/// </remarks>
public sealed class SqliteException : Exception
{
    private readonly ErrorKind _kind;

    internal SqliteException(string call, string? sql, int extendedCode, ErrorKind kind, string message)
        : base(message)
    {
        (Call, Sql, ExtendedCode, _kind) = (call, sql, extendedCode, kind);
    }

    /// <summary>The C function that failed.</summary>
    public string Call { get; }

    /// <summary>The SQL that it ran, where there was any.</summary>
    public string? Sql { get; }

    /// <summary>The primary result code, such as 5 for SQLITE_BUSY.</summary>
    public int Code => ExtendedCode & 0xFF;

    /// <summary>The extended result code, such as 2067 for SQLITE_CONSTRAINT_UNIQUE.</summary>
    public int ExtendedCode { get; }

    /// <summary>Another connection or statement is in the way: the same transaction may succeed later.</summary>
    public bool IsTransient => _kind == ErrorKind.Transient;

    /// <summary>A row broke a constraint; the other rows of the transaction stand.</summary>
    public bool IsConstraint => _kind == ErrorKind.Constraint;

    /// <summary>The file, its folder or its mount may be read but not written.</summary>
    public bool IsReadOnly => _kind == ErrorKind.ReadOnly;

    /// <summary>The file, or one that belongs to it (-wal, -shm), cannot be opened.</summary>
    public bool IsCannotOpen => _kind == ErrorKind.CannotOpen;

    /// <summary>The disk, a quota or the limit on the file's size is used up. What was committed is safe.</summary>
    public bool IsFull => _kind == ErrorKind.Full;

    /// <summary>The file is damaged, or is not an SQLite database.</summary>
    public bool IsCorrupt => _kind == ErrorKind.Corrupt;
}
