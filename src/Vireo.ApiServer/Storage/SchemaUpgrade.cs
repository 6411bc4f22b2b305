using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>Brings a state of an older Vireo to the schema of this one, all or nothing.</summary>
/// <remarks>
/// The file as it was is kept beside the new one, so that the older Vireo can be run again. A step stays as it is once
/// it was released; the test of each opens a file that the older Vireo wrote.
/// </remarks>
internal static class SchemaUpgrade
{
    private const int PagesInStep = 1024;

    /// <summary>What leads from each schema to the next; the first leads from schema 1.</summary>
    private static readonly Action<SqliteConnection>[] Steps = [ChecksumsOfWholeRows];

    /// <summary>Where the file is kept as it was before.</summary>
    public static string Kept(string path, int schema) => $"{path}.schema-{schema}";

    /// <summary>
    /// Takes all the steps that are missing; the schema that it began at, or null when there were none.
    /// </summary>
    /// <exception cref="StoreException">What is in the file is not as the older Vireo wrote it.</exception>
    /// <exception cref="SqliteException">The disk refused: the file is as it was.</exception>
    public static int? Run(SqliteConnection db)
    {
        var from = db.UserVersion;

        if (from == StateSchema.Version)
        {
            return null;
        }

        Keep(db, Kept(db.Path, from));
        using var transaction = db.BeginImmediate();

        foreach (var step in Steps[(from - 1)..])
        {
            step(db);
        }

        db.UserVersion = StateSchema.Version;
        transaction.Commit();
        return from;
    }

    private static void Keep(SqliteConnection db, string path)
    {
        File.Delete(path);
        StateSchema.CreatePrivate(path);
        using var copy = db.Backup(path);

        while (copy.Step(PagesInStep)) { }
    }

    /// <summary>
    /// 1 to 2: a checksum also covers whose row it is; before, a bit of a name could fall over unseen.
    /// </summary>
    private static void ChecksumsOfWholeRows(SqliteConnection db)
    {
        using var write = db.Prepare("UPDATE log SET checksum = ?2 WHERE revision = ?1");

        foreach (var (revision, sum) in WholeRowSums(db))
        {
            write.Bind(1, revision);
            write.Bind(2, sum);
            write.Execute();
        }
    }

    /// <summary>All of them before the first is written: a table is not changed while it is read.</summary>
    private static List<(long Revision, uint Sum)> WholeRowSums(SqliteConnection db)
    {
        var sums = new List<(long, uint)>();
        using var rows = db.Prepare(
            "SELECT revision, resource, namespace, name, deleted, checksum, json "
                + "FROM log LEFT JOIN kinds ON kinds.id = log.kind ORDER BY revision"
        );

        while (rows.Step())
        {
            var revision = rows.GetInt64(0);
            var json = rows.GetBlob(6);

            if (rows.GetText(1) is not { } resource || Checksum.OfSchema1(revision, json) != rows.GetInt64(5))
            {
                throw StoreException.Damaged(db.Path, $"the checksum of row {revision} of the log is wrong");
            }

            var key = new RowKey(revision, resource, rows.GetText(2), rows.GetText(3)!, rows.GetInt64(4) != 0);
            sums.Add((revision, Checksum.Of(key, json)));
        }

        return sums;
    }
}
