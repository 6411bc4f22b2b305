using Vireo.Sqlite;

namespace Vireo.Tests.Sqlite;

/// <summary>What the file does under the store's settings: WAL, synchronous=FULL, incremental vacuum.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_committed_and_only_that_is_in_the_files_that_a_killed_process_leaves()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 3, bytesEach: 10);
        using var transaction = db.BeginImmediate();
        db.Execute("PRAGMA cache_size=1; PRAGMA cache_spill=1"); // uncommitted pages go to the log as well
        db.Execute("INSERT INTO t SELECT NULL, zeroblob(4000) FROM json_each(json_array(1,2,3,4,5,6,7,8,9,10))");

        File.Copy(_folder.File(), _folder.File("killed.db"));
        File.Copy(_folder.File() + "-wal", _folder.File("killed.db-wal"));

        using var survivor = _folder.Open("killed.db");
        Rows.Count(survivor).ShouldBe(3);
        survivor.IntegrityCheck().ShouldBeEmpty();
    }

    [Fact]
    public void Another_connection_reads_a_commit_from_the_log_at_once()
    {
        using var writer = _folder.OpenStore();
        using var reader = _folder.Open(mode: SqliteOpenMode.ReadOnly);
        Rows.Insert(writer, count: 3, bytesEach: 10);
        Rows.Count(reader).ShouldBe(3);
    }

    [Fact]
    public void A_truncating_checkpoint_empties_the_log()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 100, bytesEach: 1000);
        new FileInfo(_folder.File() + "-wal").Length.ShouldBeGreaterThan(100_000);

        var passive = db.Checkpoint(SqliteCheckpointMode.Passive);
        passive.WasBlocked.ShouldBeFalse();
        passive.WalFrames.ShouldBeGreaterThan(20);
        passive.CheckpointedFrames.ShouldBe(passive.WalFrames);

        db.Checkpoint(SqliteCheckpointMode.Truncate).ShouldBe(new SqliteCheckpoint(WasBlocked: false, 0, 0));
        new FileInfo(_folder.File() + "-wal").Length.ShouldBe(0);
        Rows.Count(db).ShouldBe(100);
    }

    [Fact]
    public void A_reader_in_the_way_of_a_checkpoint_is_an_answer_and_not_an_error()
    {
        using var db = _folder.OpenStore();
        using var reader = _folder.Open();
        Rows.Insert(db, count: 3, bytesEach: 10);
        using var select = reader.Prepare("SELECT id FROM t");
        select.Step().ShouldBeTrue();
        Rows.Insert(db, count: 3, bytesEach: 10);

        db.Checkpoint(SqliteCheckpointMode.Truncate).WasBlocked.ShouldBeTrue();
        select.Reset();
        db.Checkpoint(SqliteCheckpointMode.Truncate).WasBlocked.ShouldBeFalse();
    }

    [Fact]
    public void A_checkpoint_inside_a_transaction_is_refused_and_one_without_a_log_has_no_frames()
    {
        using var db = _folder.OpenStore();

        using (db.BeginImmediate())
        {
            db.Execute("INSERT INTO t VALUES (1, NULL)");
            Should.Throw<SqliteException>(() => db.Checkpoint(SqliteCheckpointMode.Full)).IsTransient.ShouldBeTrue();
        }

        db.ReadText("PRAGMA journal_mode=DELETE").ShouldBe("delete");
        db.Checkpoint(SqliteCheckpointMode.Full).ShouldBe(new SqliteCheckpoint(WasBlocked: false, -1, -1));
    }

    [Fact]
    public void An_incremental_vacuum_gives_the_space_of_deleted_rows_back()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 500, bytesEach: 4000);
        db.Execute("DELETE FROM t WHERE id > 10");
        db.Checkpoint(SqliteCheckpointMode.Truncate);
        var before = new FileInfo(_folder.File()).Length;

        db.Execute("PRAGMA incremental_vacuum");
        db.Checkpoint(SqliteCheckpointMode.Truncate);

        new FileInfo(_folder.File()).Length.ShouldBeLessThan(before / 10);
        db.ReadInt64("PRAGMA freelist_count").ShouldBe(0);
        Rows.Count(db).ShouldBe(10);
    }

    [Fact]
    public void A_backup_has_what_is_written_while_it_is_made()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 200, bytesEach: 1000);
        var remaining = int.MaxValue;

        using (var backup = db.Backup(_folder.File("copy.db")))
        {
            for (var more = true; more; )
            {
                more = backup.Step(pages: 10);
                backup.RemainingPages.ShouldBeLessThan(
                    remaining,
                    "a write of the same connection never starts it over"
                );
                remaining = backup.RemainingPages;
                db.Execute($"UPDATE t SET body = {(more ? "x'01'" : "body")} WHERE id = 1");
            }

            backup.RemainingPages.ShouldBe(0);
            backup.TotalPages.ShouldBeGreaterThan(50);
        }

        using var copy = _folder.Open("copy.db", SqliteOpenMode.ReadWrite);
        copy.IntegrityCheck().ShouldBeEmpty();
        Rows.Count(copy).ShouldBe(200);
        copy.ReadInt64("SELECT length(body) FROM t WHERE id = 1").ShouldBe(1);
    }

    [Fact]
    public void A_backup_is_right_also_when_another_connection_writes()
    {
        using var db = _folder.OpenStore();
        using var other = _folder.Open();
        Rows.Insert(db, count: 200, bytesEach: 1000);

        using (var backup = db.Backup(_folder.File("copy.db")))
        {
            backup.Step(pages: 10).ShouldBeTrue();
            other.Execute("DELETE FROM t WHERE id > 100");

            while (backup.Step(pages: 10)) { }
        }

        using var copy = _folder.Open("copy.db");
        copy.IntegrityCheck().ShouldBeEmpty();
        Rows.Count(copy).ShouldBe(100);
    }

    [Fact]
    public void A_backup_that_is_given_up_leaves_no_content_and_the_source_usable()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 200, bytesEach: 1000);

        using (var backup = db.Backup(_folder.File("copy.db")))
        {
            backup.Step(pages: 10).ShouldBeTrue();
        }

        new FileInfo(_folder.File("copy.db")).Length.ShouldBe(0);
        Rows.Insert(db, count: 1, bytesEach: 10);
    }

    [Fact]
    public void A_backup_to_where_nothing_can_be_written_says_so()
    {
        using var db = _folder.OpenStore();
        Should.Throw<SqliteException>(() => db.Backup(_folder.File("no/folder.db"))).IsCannotOpen.ShouldBeTrue();

        using var locked = _folder.Open("locked.db");
        using var backup = db.Backup(_folder.File("locked.db"));
        locked.Execute("BEGIN EXCLUSIVE");
        Should.Throw<SqliteException>(() => backup.Step(pages: 10)).IsTransient.ShouldBeTrue();
        locked.Execute("ROLLBACK");
        while (backup.Step(pages: 10)) { }
    }
}
