using Vireo.Sqlite;
using Vireo.Sqlite.Native;

namespace Vireo.Tests.Sqlite;

public sealed class SqliteConnectionTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_library_says_its_version() =>
        Version.Parse(SqliteConnection.SqliteVersion).ShouldBeGreaterThanOrEqualTo(new Version(3, 34));

    [Fact]
    public void A_missing_library_is_named_with_the_package_that_has_it()
    {
        var message = Should.Throw<DllNotFoundException>(() => SqliteLibrary.Load("libnothere.so.0")).Message;
        message.ShouldContain("libnothere.so.0");
        message.ShouldContain("Debian package libsqlite3-0");
    }

    [Fact]
    public void A_file_is_made_only_when_asked_for()
    {
        var failure = Should.Throw<SqliteException>(() => _folder.Open(mode: SqliteOpenMode.ReadWrite));
        failure.IsCannotOpen.ShouldBeTrue();
        failure.Message.ShouldContain(_folder.File());
        failure.Message.ShouldContain("No such file or directory");

        using (var db = _folder.Open())
        {
            db.Execute("CREATE TABLE t (id)");
            db.Path.ShouldBe(_folder.File());
        }

        using var reader = _folder.Open(mode: SqliteOpenMode.ReadOnly);
        Rows.Count(reader).ShouldBe(0);
        Should.Throw<SqliteException>(() => reader.Execute("INSERT INTO t VALUES (1)")).IsReadOnly.ShouldBeTrue();
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file:name?mode=memory")]
    [InlineData("żółw 🐢.db")]
    public void A_name_is_always_a_file(string name)
    {
        using var db = _folder.Open(name);
        db.Execute("CREATE TABLE t (id)");
        File.Exists(_folder.File(name)).ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_may_only_be_read_is_not_opened_for_writing()
    {
        const string readOnly = "/sys/kernel/uevent_seqnum"; // refuses writing even to root
        Assert.SkipUnless(File.Exists(readOnly), "no sysfs here");
        Should
            .Throw<SqliteException>(() => SqliteConnection.Open(readOnly, SqliteOpenMode.ReadWrite))
            .IsReadOnly.ShouldBeTrue();
    }

    [Fact]
    public void Execute_runs_every_statement_and_names_the_one_call_that_failed()
    {
        using var db = _folder.Open();
        db.Execute("CREATE TABLE t (id); INSERT INTO t VALUES (1), (2); ");
        Rows.Count(db).ShouldBe(2);

        var failure = Should.Throw<SqliteException>(() => db.Execute("SELEC 1"));
        failure.Call.ShouldBe("sqlite3_exec");
        failure.Sql.ShouldBe("SELEC 1");
        failure.Message.ShouldContain("near \"SELEC\": syntax error (SQLITE_ERROR 1) in `SELEC 1`");
    }

    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("-- nothing")]
    [InlineData(" ; ")]
    [InlineData(" ")]
    public void Prepare_wants_exactly_one_statement(string sql)
    {
        using var db = _folder.Open();
        Should.Throw<ArgumentException>(() => db.Prepare(sql));
    }

    [Fact]
    public void Changes_and_the_last_rowid_are_those_of_the_last_statement()
    {
        using var db = _folder.OpenStore();
        db.Execute("INSERT INTO t VALUES (41, NULL), (42, NULL)");
        db.Changes.ShouldBe(2);
        db.LastInsertRowId.ShouldBe(42);
        db.Execute("DELETE FROM t WHERE id = 41");
        db.Changes.ShouldBe(1);
    }

    [Fact]
    public void The_user_version_stays_with_the_file()
    {
        using (var db = _folder.Open())
        {
            db.UserVersion.ShouldBe(0);
            db.UserVersion = -7;
        }

        using var again = _folder.Open();
        again.UserVersion.ShouldBe(-7);
    }

    [Fact]
    public void The_busy_timeout_is_the_one_given()
    {
        using var none = _folder.Open();
        none.ReadInt64("PRAGMA busy_timeout").ShouldBe(0);
        using var some = SqliteConnection.Open(_folder.File(), SqliteOpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        some.ReadInt64("PRAGMA busy_timeout").ShouldBe(5000);
    }

    [Fact]
    public void A_transaction_that_is_not_committed_leaves_nothing()
    {
        using var db = _folder.OpenStore();

        using (var transaction = db.BeginImmediate())
        {
            db.Execute("INSERT INTO t VALUES (1, NULL)");
            transaction.Commit();
        }

        using (db.BeginImmediate())
        {
            db.InTransaction.ShouldBeTrue();
            db.Execute("INSERT INTO t VALUES (2, NULL)");
        }

        db.InTransaction.ShouldBeFalse();
        Rows.Count(db).ShouldBe(1);
    }

    [Fact]
    public void A_transaction_that_sqlite_has_ended_by_itself_is_disposed_in_peace()
    {
        using var db = _folder.OpenStore();

        Should
            .Throw<SqliteException>(() =>
            {
                using var transaction = db.BeginImmediate();
                db.Execute("INSERT INTO t VALUES (1, NULL); INSERT OR ROLLBACK INTO t VALUES (1, NULL)");
            })
            .IsConstraint.ShouldBeTrue();

        db.InTransaction.ShouldBeFalse();
        Rows.Count(db).ShouldBe(0);
    }
}
