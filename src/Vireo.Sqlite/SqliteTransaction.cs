namespace Vireo.Sqlite;

/// <summary>A write transaction that is rolled back unless it was committed.</summary>
/// <remarks>
/// A ref struct, so that it cannot live across an await and block other writers meanwhile. It keeps no state of its
/// own: SQLite may end the transaction by itself after an error, and only SQLite knows.
/// </remarks>
public readonly ref struct SqliteTransaction
{
    private readonly SqliteConnection _connection;

    internal SqliteTransaction(SqliteConnection connection) => _connection = connection;

    /// <summary>Makes the transaction durable as far as PRAGMA synchronous asks for.</summary>
    /// <exception cref="SqliteException">It is not committed: dispose rolls it back.</exception>
    public void Commit() => _connection.Execute("COMMIT");

    /// <summary>Rolls back what is still open; nothing after a commit.</summary>
    public void Dispose()
    {
        if (_connection.InTransaction)
        {
            _connection.Execute("ROLLBACK");
        }
    }
}
