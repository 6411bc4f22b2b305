using Vireo.Sqlite;

namespace Vireo.Tests.Sqlite;

/// <summary>A folder of its own for the database files of one test, gone afterwards.</summary>
public sealed class DatabaseFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vireo-sqlite-").FullName;

    public string File(string name = "test.db") => System.IO.Path.Combine(Path, name);

    public SqliteConnection Open(string name = "test.db", SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate) =>
        SqliteConnection.Open(File(name), mode);

    /// <summary>
    /// A database as the store has it: WAL, synchronous=FULL, incremental vacuum, one table t(id, body).
    /// </summary>
    public SqliteConnection OpenStore(string name = "test.db")
    {
        var db = Open(name);
        db.Execute("PRAGMA auto_vacuum=INCREMENTAL");
        db.ReadText("PRAGMA journal_mode=WAL").ShouldBe("wal");
        db.Execute("PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, body BLOB)");
        return db;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Rows
{
    /// <summary>Inserts rows of the given size in one transaction.</summary>
    public static void Insert(SqliteConnection db, int count, int bytesEach)
    {
        using var insert = db.Prepare("INSERT INTO t (body) VALUES (?1)");
        using var transaction = db.BeginImmediate();
        var body = new byte[bytesEach];

        for (var i = 0; i < count; i++)
        {
            Array.Fill(body, (byte)i);
            insert.Bind(1, body);
            insert.Execute();
        }

        transaction.Commit();
    }

    public static long Count(SqliteConnection db) => db.ReadInt64("SELECT count(*) FROM t");
}
