using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>What the state file looks like inside, and whether a file is one.</summary>
/// <remarks>
/// <para>
/// There is one table of content, a log: each write is a new row with the next revision, and the newest row of an
/// object is the object. So the JSON is written once, always at the end of the file, and a watch can go on after a
/// restart where it was. A deletion is a row as well, with the last state. Rows that no watch can ask for any more
/// are removed (<see cref="Housekeeping"/>). Kinds without history keep only their newest row.
/// </para>
/// <para>
/// kinds.complete_after says how far back a kind's history goes. The newest revision of the store is the greatest of
/// both tables: a deletion's row may be gone, then complete_after is at least as great.
/// </para>
/// </remarks>
internal static class StateSchema
{
    /// <summary>Goes up with each change that an older Vireo would not understand.</summary>
    public const int Version = 2;

    private const int ApplicationId = 0x56697265; // "Vire"

    // Three objects of usual size fit a page of 8 KB, with little left over.
    private const string NewFile = "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL";

    // Exclusive: what is in memory would be wrong if another process wrote. synchronous=FULL: a commit is on the disk.
    // Checkpoints are Housekeeping's, after the callers have their answers.
    private const string Settings = "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=OFF";

    private const string Tables = """
        CREATE TABLE kinds (
            id INTEGER PRIMARY KEY,
            resource TEXT NOT NULL UNIQUE,
            complete_after INTEGER NOT NULL
        );
        CREATE TABLE log (
            revision INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            namespace TEXT,
            name TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            json BLOB NOT NULL
        );
        """;

    /// <summary>Where a restore prepares what is to take the file's place.</summary>
    public static string Restoring(string path) => path + ".restoring";

    /// <summary>
    /// Opens the file, which is made if it does not exist, and brought to this schema if it is older.
    /// </summary>
    /// <exception cref="StoreException">It cannot be opened, is not ours, too new, in use, or damaged.</exception>
    public static SqliteConnection Open(string path, out int? upgradedFrom)
    {
        SqliteConnection? db = null;

        try
        {
            RefuseHalfRestored(path);
            CreatePrivate(path);
            db = SqliteConnection.Open(path, SqliteOpenMode.ReadWrite);
            db.ReadText("PRAGMA locking_mode=EXCLUSIVE");
            RefuseForeign(db);
            db.Execute(NewFile);
            db.ReadText("PRAGMA journal_mode=WAL");
            db.Execute(Settings);
            CreateTables(db);

            if (db.IntegrityCheck(quick: true) is [var problem, ..])
            {
                throw StoreException.Damaged(path, problem);
            }

            upgradedFrom = SchemaUpgrade.Run(db);
            return db;
        }
        catch (SqliteException e)
        {
            db?.Dispose();
            throw StoreException.NotOpened(path, e);
        }
        catch
        {
            db?.Dispose();
            throw;
        }
    }

    /// <summary>An empty state in the place of a restored one would look as if all had been deleted.</summary>
    private static void RefuseHalfRestored(string path)
    {
        if (!File.Exists(path) && File.Exists(Restoring(path)))
        {
            throw new StoreException(
                $"The state in {path} is missing because a restore was cut off: run it again, with "
                    + $"'vireo backup restore FILE --state-dir {Path.GetDirectoryName(path)}'.",
                isTransient: false
            );
        }
    }

    /// <summary>Secrets are in the file: nobody else may read it. SQLite gives its -wal the same mode.</summary>
    internal static void CreatePrivate(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"The state in {path} cannot be made: {e.Message} Check that the folder exists and may be written.",
                isTransient: false,
                e
            );
        }
    }

    private static void RefuseForeign(SqliteConnection db)
    {
        var version = db.UserVersion;

        if (version > Version)
        {
            throw new StoreException(
                $"The state in {db.Path} was written by a newer Vireo (schema {version}, this one knows {Version}): "
                    + "run that Vireo, or restore a backup from before it was first used.",
                isTransient: false
            );
        }

        var isOurs = db.ReadInt64("PRAGMA application_id") == ApplicationId;

        if (!isOurs && db.ReadInt64("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new StoreException(
                $"The state in {db.Path} is the database of another program: give Vireo a folder of its own.",
                isTransient: false
            );
        }
    }

    private static void CreateTables(SqliteConnection db)
    {
        if (db.UserVersion > 0)
        {
            return;
        }

        using var transaction = db.BeginImmediate();
        db.Execute(Tables);
        db.Execute($"PRAGMA application_id={ApplicationId}");
        db.UserVersion = Version;
        transaction.Commit();
    }
}
