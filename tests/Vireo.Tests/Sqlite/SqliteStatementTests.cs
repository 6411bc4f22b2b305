using Vireo.Sqlite;

namespace Vireo.Tests.Sqlite;

public sealed class SqliteStatementTests : IDisposable
{
    private readonly DatabaseFolder _folder = new();
    private readonly SqliteConnection _db;

    public SqliteStatementTests()
    {
        _db = _folder.Open();
        _db.Execute("CREATE TABLE v (value)");
    }

    public void Dispose()
    {
        _db.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void An_integer_comes_back_as_it_was(long value) =>
        RoundTrip(s => s.Bind(1, value), s => s.GetInt64(0)).ShouldBe(value);

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a\0b")]
    [InlineData("żółw 🐢 \u0000 é")]
    public void Text_comes_back_as_it_was(string value)
    {
        RoundTrip(s => s.Bind(1, value), s => s.GetText(0)).ShouldBe(value);
        RoundTrip(s => s.Bind(1, value), s => s.IsNull(0)).ShouldBeFalse();
    }

    [Fact]
    public void Text_longer_than_the_stack_buffer_comes_back_as_it_was()
    {
        var value = string.Concat(Enumerable.Repeat("zażółć ", 10_000));
        RoundTrip(s => s.Bind(1, value), s => s.GetText(0)).ShouldBe(value);
    }

    [Fact]
    public void Utf8_bytes_are_text_and_come_back_as_they_were()
    {
        RoundTrip(s => s.BindUtf8(1, "żółw"u8), s => s.GetUtf8(0).ToArray()).ShouldBe("żółw"u8.ToArray());
        RoundTrip(s => s.BindUtf8(1, "żółw"u8), s => s.GetText(0)).ShouldBe("żółw");
        RoundTrip(s => s.BindUtf8(1, default), s => s.GetText(0)).ShouldBe("");
    }

    [Fact]
    public void Text_is_utf8_also_in_a_database_that_keeps_utf16()
    {
        using var db = _folder.Open("utf16.db");
        db.Execute("PRAGMA encoding='UTF-16le'; CREATE TABLE v (value); INSERT INTO v VALUES ('żółw')");
        db.ReadText("SELECT value FROM v").ShouldBe("żółw");
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_rather_than_replaced() =>
        Should.Throw<ArgumentException>(() => RoundTrip(s => s.Bind(1, "\ud83d"), s => s.GetText(0)));

    [Fact]
    public void A_blob_of_10_MB_comes_back_as_it_was()
    {
        var value = new byte[10_000_000];
        new Random(1).NextBytes(value);
        RoundTrip(s => s.Bind(1, value), s => s.GetBlob(0).SequenceEqual(value)).ShouldBeTrue();
    }

    [Fact]
    public void An_empty_blob_is_not_null()
    {
        RoundTrip(s => s.Bind(1, ReadOnlySpan<byte>.Empty), s => s.IsNull(0)).ShouldBeFalse();
        RoundTrip(s => s.Bind(1, ReadOnlySpan<byte>.Empty), s => s.GetBlob(0).Length).ShouldBe(0);
        _db.ReadText("SELECT typeof(value) FROM v").ShouldBe("blob");
    }

    [Fact]
    public void Null_is_null_and_has_no_bytes()
    {
        RoundTrip(s => s.BindNull(1), s => s.IsNull(0)).ShouldBeTrue();
        RoundTrip(s => s.Bind(1, null), s => s.GetText(0)).ShouldBeNull();
        RoundTrip(s => s.BindNull(1), s => s.GetBlob(0).Length + s.GetUtf8(0).Length).ShouldBe(0);
    }

    [Fact]
    public void A_column_of_another_type_is_refused_rather_than_converted()
    {
        Should
            .Throw<InvalidOperationException>(() => RoundTrip(s => s.Bind(1, "seven"), s => s.GetInt64(0)))
            .Message.ShouldBe("Column 0 is not an integer: SELECT value FROM v");
        Should.Throw<InvalidOperationException>(() => RoundTrip(s => s.BindNull(1), s => s.GetInt64(0)));
        Should.Throw<InvalidOperationException>(() => RoundTrip(s => s.Bind(1, 7), s => s.GetText(0)));
        Should.Throw<InvalidOperationException>(() => RoundTrip(s => s.Bind(1, "text"), s => s.GetBlob(0).Length));
        Should.Throw<InvalidOperationException>(() => RoundTrip(s => s.Bind(1, "blob"u8), s => s.GetText(0)));
    }

    [Fact]
    public void A_column_that_is_not_there_is_refused()
    {
        using var select = _db.Prepare("SELECT 1");
        Should.Throw<InvalidOperationException>(() => select.GetInt64(0));
        select.Step().ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => select.GetInt64(1));
        Should.Throw<InvalidOperationException>(() => select.GetInt64(-1));
        select.Step().ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => select.GetInt64(0));
    }

    [Fact]
    public void A_statement_runs_many_times_and_forgets_its_values_in_between()
    {
        using var insert = _db.Prepare("INSERT INTO v VALUES (?1)");
        insert.Bind(1, 1);
        insert.Execute();
        insert.Execute();

        using var select = _db.Prepare("SELECT value FROM v ORDER BY rowid");

        for (var run = 0; run < 2; run++)
        {
            select.Step().ShouldBeTrue();
            select.GetInt64(0).ShouldBe(1);
            select.Step().ShouldBeTrue();
            select.IsNull(0).ShouldBeTrue();
            select.Step().ShouldBeFalse();
            select.Reset();
        }
    }

    [Fact]
    public void Binding_before_a_reset_or_past_the_last_parameter_is_refused()
    {
        using var select = _db.Prepare("SELECT ?1");
        Should.Throw<SqliteException>(() => select.Bind(2, 1)).Code.ShouldBe(25);
        select.Bind(1, 1);
        select.Step();
        Should.Throw<SqliteException>(() => select.Bind(1, 2)).Message.ShouldContain("Reset");
    }

    [Fact]
    public void Binding_and_reading_bytes_allocates_nothing()
    {
        using var insert = _db.Prepare("INSERT INTO v VALUES (?1)");
        using var select = _db.Prepare("SELECT value, ?1, ?2 FROM v WHERE rowid = 1");
        var body = new byte[2048];
        _db.Execute("BEGIN");
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Run(1000).ShouldBe(1000 * (2048 + 4 + 3));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        _db.Execute("COMMIT");

        long Run(int times)
        {
            var total = 0L;

            for (var i = 0; i < times; i++)
            {
                insert.Bind(1, body);
                insert.Execute();
                select.BindUtf8(1, "text"u8);
                select.Bind(2, "abc");
                select.Step();
                total += select.GetBlob(0).Length + select.GetUtf8(1).Length + select.GetUtf8(2).Length;
                select.Reset();
            }

            return total;
        }
    }

    [Fact]
    public void A_statement_left_after_its_connection_ends_without_a_crash()
    {
        var db = _folder.Open("other.db");
        var select = db.Prepare("SELECT 1");
        db.Dispose();
        select.Dispose();
        Should.Throw<ObjectDisposedException>(() => select.Step());
        Should.Throw<ObjectDisposedException>(() => db.Execute("SELECT 1"));
    }

    private T RoundTrip<T>(Action<SqliteStatement> bind, Func<SqliteStatement, T> read)
    {
        _db.Execute("DELETE FROM v");
        using var insert = _db.Prepare("INSERT INTO v VALUES (?1)");
        bind(insert);
        insert.Execute();

        using var select = _db.Prepare("SELECT value FROM v");
        select.Step().ShouldBeTrue();
        return read(select);
    }
}
