using Vireo.Sqlite;
using Vireo.Sqlite.Native;

namespace Vireo.Tests.Sqlite;

public sealed class SqliteErrorTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_broken_constraint_names_the_column_and_leaves_the_transaction_open()
    {
        using var db = _folder.OpenStore();
        using var insert = db.Prepare("INSERT INTO t (id) VALUES (?1)");
        using var transaction = db.BeginImmediate();
        insert.Bind(1, 1);
        insert.Execute();
        insert.Bind(1, 1);

        var failure = Should.Throw<SqliteException>(insert.Execute);

        failure.IsConstraint.ShouldBeTrue();
        failure.Code.ShouldBe(19);
        failure.ExtendedCode.ShouldBe(1555); // SQLITE_CONSTRAINT_PRIMARYKEY
        failure.Message.ShouldContain("UNIQUE constraint failed: t.id");
        failure.Message.ShouldContain(insert.Sql);
        failure.Message.ShouldContain(_folder.File());
        insert.Bind(1, 2);
        insert.Execute();
        transaction.Commit();
        Rows.Count(db).ShouldBe(2);
    }

    [Fact]
    public void A_second_writer_is_busy_until_the_first_is_done()
    {
        using var first = _folder.OpenStore();
        using var second = _folder.Open();
        var transaction = first.BeginImmediate();

        var failure = Should.Throw<SqliteException>(() => second.Execute("INSERT INTO t VALUES (1, NULL)"));
        failure.IsTransient.ShouldBeTrue();
        failure.Code.ShouldBe(5);

        transaction.Commit();
        second.Execute("INSERT INTO t VALUES (1, NULL)");
        Rows.Count(first).ShouldBe(1);
    }

    [Fact]
    public void A_step_that_was_busy_can_be_tried_again_with_the_same_values_or_others()
    {
        using var first = _folder.OpenStore();
        using var second = _folder.Open();
        using var insert = second.Prepare("INSERT INTO t VALUES (?1, ?2)");
        insert.Bind(1, 42);
        var transaction = first.BeginImmediate();
        Should.Throw<SqliteException>(() => insert.Step()).IsTransient.ShouldBeTrue();
        transaction.Commit();

        insert.Bind(2, "other");
        insert.Step().ShouldBeFalse();

        second.ReadText("SELECT body FROM t WHERE id = 42").ShouldBe("other");
    }

    [Fact]
    public void A_file_that_may_not_grow_is_full_and_keeps_what_was_committed()
    {
        using var db = _folder.OpenStore();
        Rows.Insert(db, count: 1, bytesEach: 1000);
        db.ReadInt64("PRAGMA max_page_count=20").ShouldBe(20);

        var failure = Should.Throw<SqliteException>(() => Rows.Insert(db, count: 100, bytesEach: 4000));

        failure.IsFull.ShouldBeTrue();
        failure.Message.ShouldContain("database or disk is full (SQLITE_FULL 13)");
        failure.Message.ShouldContain("Free space");
        db.InTransaction.ShouldBeFalse();
        Rows.Count(db).ShouldBe(1);
        db.ReadInt64("PRAGMA max_page_count=1000");
        Rows.Insert(db, count: 100, bytesEach: 4000);
        Rows.Count(db).ShouldBe(101);
    }

    [Fact]
    public void A_damaged_page_is_reported_as_corrupt_and_found_by_the_integrity_check()
    {
        using (var db = _folder.OpenStore())
        {
            Rows.Insert(db, count: 1000, bytesEach: 1000);
            db.IntegrityCheck().ShouldBeEmpty();
            db.IntegrityCheck(quick: true).ShouldBeEmpty();
        }

        Overwrite(offset: 4096 * 10, count: 4096 * 20);

        using var damaged = _folder.Open();
        Should
            .Throw<SqliteException>(() => damaged.ReadInt64("SELECT sum(length(body)) FROM t"))
            .IsCorrupt.ShouldBeTrue();
        damaged.IntegrityCheck(quick: true).ShouldNotBeEmpty();
        damaged.IntegrityCheck().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_file_that_is_no_database_is_reported_as_corrupt()
    {
        _folder.OpenStore().Dispose();
        Overwrite(offset: 0, count: 100);

        using var db = _folder.Open();
        var failure = Should.Throw<SqliteException>(() => Rows.Count(db));
        failure.IsCorrupt.ShouldBeTrue();
        failure.Message.ShouldContain("file is not a database");
        db.IntegrityCheck().ShouldHaveSingleItem().ShouldContain("file is not a database");
    }

    [Fact]
    public void A_folder_is_no_database()
    {
        var failure = Should.Throw<SqliteException>(() =>
            SqliteConnection.Open(_folder.Path, SqliteOpenMode.ReadWriteCreate)
        );
        failure.IsCannotOpen.ShouldBeTrue();
        failure.Message.ShouldContain("Is a directory");
    }

    [Fact]
    public void The_table_of_codes_names_every_code_as_sqlite_does()
    {
        foreach (var code in Enumerable.Range(1, 26).Except([16, 24])) // EMPTY and FORMAT are not used
        {
            ResultCode.Of(code, errno: 0).Name.ShouldStartWith("SQLITE_");
            ResultCode.Of(code | (99 << 8), errno: 0).ShouldBe(ResultCode.Of(code, errno: 0));
        }
    }

    [Theory]
    [InlineData(10, 28, ErrorKind.Full)]
    [InlineData(10 | (19 << 8), 28, ErrorKind.Full)] // SQLITE_IOERR_SHMSIZE, no space
    [InlineData(10 | (3 << 8), 122, ErrorKind.Full)] // SQLITE_IOERR_WRITE, over quota
    [InlineData(14, 28, ErrorKind.Full)]
    [InlineData(10, 5, ErrorKind.Other)]
    [InlineData(14, 2, ErrorKind.CannotOpen)]
    [InlineData(10 | (33 << 8), 0, ErrorKind.Corrupt)] // SQLITE_IOERR_CORRUPTFS
    [InlineData(5 | (2 << 8), 0, ErrorKind.Transient)] // SQLITE_BUSY_SNAPSHOT
    [InlineData(6, 0, ErrorKind.Transient)]
    internal void The_kind_follows_from_the_code_and_the_systems_error(int result, int errno, ErrorKind kind) =>
        ResultCode.Of(result, errno).Kind.ShouldBe(kind);

    private void Overwrite(int offset, int count)
    {
        var noise = new byte[count];
        new Random(1).NextBytes(noise);
        using var file = File.OpenWrite(_folder.File());
        file.Position = offset;
        file.Write(noise);
    }
}
