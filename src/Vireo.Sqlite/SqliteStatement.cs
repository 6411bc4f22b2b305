using System.Buffers;
using System.Runtime.CompilerServices;
using Vireo.Sqlite.Native;
using static Vireo.Sqlite.Native.Sqlite3;

namespace Vireo.Sqlite;

/// <summary>A compiled statement: bind, <see cref="Execute"/> or step through its rows, reset, and again.</summary>
/// <remarks>
/// Parameters count from 1, columns from 0, as in SQLite. A read column must be of the type that is asked for:
/// SQLite's own conversions, which make 0 of any text, would hide a broken schema. Bytes of a row are SQLite's memory
/// and go away with the next <see cref="Step"/>, <see cref="Reset"/> or <see cref="Dispose"/>. Neither binding nor
/// reading bytes allocates.
/// </remarks>
public sealed unsafe class SqliteStatement : IDisposable
{
    private const int MaxBytesOnStack = 512;

    private readonly SqliteConnection _connection;
    private readonly StatementHandle _handle;
    private int _columns;

    internal SqliteStatement(SqliteConnection connection, StatementHandle handle, string sql)
    {
        (_connection, _handle, Sql) = (connection, handle, sql);
    }

    public string Sql { get; }

    public void BindNull(int parameter) => Bound(sqlite3_bind_null(_handle, parameter), nameof(sqlite3_bind_null));

    public void Bind(int parameter, long value) =>
        Bound(sqlite3_bind_int64(_handle, parameter, value), nameof(sqlite3_bind_int64));

    /// <summary>Binds text, or NULL for null.</summary>
    /// <exception cref="ArgumentException">The text is not valid Unicode (half of a surrogate pair).</exception>
    [OverloadResolutionPriority(1)] // so that a plain null means NULL, not an empty blob
    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        var size = SqliteConnection.Utf8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var bytes = size <= MaxBytesOnStack ? stackalloc byte[size] : rented = ArrayPool<byte>.Shared.Rent(size);

        try
        {
            BindUtf8(parameter, bytes[..SqliteConnection.Utf8.GetBytes(value, bytes)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// Binds a blob. An empty one is an empty blob, never NULL, also where it came from a null array.
    /// </summary>
    public void Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // SQLite takes a null pointer for NULL, and an empty span may have one.
        fixed (byte* start = value.IsEmpty ? "\0"u8 : value)
        {
            var result = sqlite3_bind_blob(_handle, parameter, start, value.Length, SQLITE_TRANSIENT);
            Bound(result, nameof(sqlite3_bind_blob));
        }
    }

    /// <summary>Binds text that is UTF-8 already, unchecked. An empty one is empty text, never NULL.</summary>
    public void BindUtf8(int parameter, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value.IsEmpty ? "\0"u8 : value)
        {
            var result = sqlite3_bind_text(_handle, parameter, start, value.Length, SQLITE_TRANSIENT);
            Bound(result, nameof(sqlite3_bind_text));
        }
    }

    /// <summary>
    /// Goes to the next row; false at the end. After the end, or an error, it starts over with the same values.
    /// </summary>
    public bool Step()
    {
        _columns = 0;
        var result = sqlite3_step(_handle);

        if (result == SQLITE_ROW)
        {
            _columns = sqlite3_data_count(_handle);
            return true;
        }

        if (result == SQLITE_DONE)
        {
            return false;
        }

        var failure = Check.Failure(result, nameof(sqlite3_step), _connection.Handle, Sql);
        _ = sqlite3_reset(_handle); // repeats the error; without it, binding again would be refused
        throw failure;
    }

    /// <summary>Runs to the end, drops any rows, and resets: for statements that write.</summary>
    public void Execute()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>
    /// Ends a run, lets go of its locks, and forgets the values: one not bound next time is NULL, not the last
    /// one's.
    /// </summary>
    public void Reset()
    {
        _columns = 0;
        _ = sqlite3_reset(_handle); // repeats the last step's error, which has been thrown
        _ = sqlite3_clear_bindings(_handle); // always SQLITE_OK
    }

    public bool IsNull(int column) => TypeOf(column) == SQLITE_NULL;

    /// <exception cref="InvalidOperationException">
    /// The column is not an integer, there is no such column, or no row.
    /// </exception>
    public long GetInt64(int column)
    {
        return TypeOf(column) == SQLITE_INTEGER
            ? sqlite3_column_int64(_handle, column)
            : throw Unexpected(column, "an integer");
    }

    /// <summary>The text, or null for NULL.</summary>
    /// <exception cref="InvalidOperationException">
    /// The column is not text, there is no such column, or no row.
    /// </exception>
    public string? GetText(int column) => IsNull(column) ? null : SqliteConnection.Utf8.GetString(GetUtf8(column));

    /// <summary>The text as UTF-8, empty for NULL, until the next step.</summary>
    /// <exception cref="InvalidOperationException">
    /// The column is not text, there is no such column, or no row.
    /// </exception>
    public ReadOnlySpan<byte> GetUtf8(int column) => Bytes(column, SQLITE_TEXT, "text");

    /// <summary>The blob, empty for NULL, until the next step.</summary>
    /// <exception cref="InvalidOperationException">
    /// The column is not a blob, there is no such column, or no row.
    /// </exception>
    public ReadOnlySpan<byte> GetBlob(int column) => Bytes(column, SQLITE_BLOB, "a blob");

    public void Dispose() => _handle.Dispose();

    private void Bound(int result, string call) => Check.Ok(result, call, _connection.Handle, Sql);

    private int TypeOf(int column)
    {
        return (uint)column < (uint)_columns
            ? sqlite3_column_type(_handle, column)
            : throw new InvalidOperationException($"No column {column} in a row of {_columns} columns: {Sql}");
    }

    private ReadOnlySpan<byte> Bytes(int column, int wanted, string expected)
    {
        var type = TypeOf(column);

        if (type == SQLITE_NULL)
        {
            return [];
        }

        if (type != wanted)
        {
            throw Unexpected(column, expected);
        }

        // The pointer first: fetching it may convert the value, and with it the length.
        var isText = wanted == SQLITE_TEXT;
        var start = isText ? sqlite3_column_text(_handle, column) : sqlite3_column_blob(_handle, column);
        var length = sqlite3_column_bytes(_handle, column);

        return start is null && (isText || length > 0)
            ? throw Check.Failure(SQLITE_NOMEM, nameof(sqlite3_column_blob), _connection.Handle, Sql)
            : new ReadOnlySpan<byte>(start, length);
    }

    private InvalidOperationException Unexpected(int column, string expected) =>
        new($"Column {column} is not {expected}: {Sql}");
}
