using System.Text;
using Vireo.Agent;

namespace Vireo.Tests.Agent;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly ConsoleLog _log;

    public ConsoleLogTests() => _log = new(FilePath);

    private string FilePath => Path.Combine(_folder, "console.log");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("", 10, "")]
    [InlineData("one\ntwo\n", 100, "one\ntwo\n")]
    [InlineData("one\ntwo\n", 6, "two\n")]
    [InlineData("one\ntwo", 3, "two")]
    [InlineData("a long line without an end", 3, "end")]
    public void The_tail_begins_at_a_line_where_there_is_one(string text, int bytes, string tail)
    {
        Append(text);
        var position = _log.Tail(bytes);
        Rest(ref position).ShouldBe(tail);
    }

    [Fact]
    public void A_reader_misses_nothing_and_reads_nothing_twice_when_the_log_is_cut()
    {
        Append("0123456789");
        var position = _log.Tail(100);
        Span<byte> some = stackalloc byte[7];
        _log.Read(ref position, some).ShouldBe(7);
        _log.Trim(limit: 9, kept: 5).ShouldBeTrue();
        Append("abc");
        Rest(ref position).ShouldBe("789abc");
        new FileInfo(FilePath).Length.ShouldBe(3);
        Append("def");
        Rest(ref position).ShouldBe("def");
    }

    [Fact]
    public void A_reader_that_is_slower_than_the_cut_goes_on_with_the_oldest_there_is()
    {
        Append("0123456789");
        var position = _log.Tail(100);
        _log.Trim(limit: 9, kept: 5);
        Append("abc");
        Rest(ref position).ShouldBe("56789abc");
    }

    [Fact]
    public void What_was_cut_off_is_part_of_the_tail_also_for_an_agent_that_comes_back()
    {
        Append("one\ntwo\n");
        _log.Trim(limit: 7, kept: 8);
        Append("three\n");
        using var later = new ConsoleLog(FilePath);
        var position = later.Tail(100);
        Rest(later, ref position).ShouldBe("one\ntwo\nthree\n");
        position = later.Tail(10);
        Rest(later, ref position).ShouldBe("two\nthree\n");
    }

    [Fact]
    public void A_log_that_is_short_enough_is_left_alone()
    {
        Append("short");
        _log.Trim(limit: 5, kept: 2).ShouldBeFalse();
        File.Exists(_log.OldPath).ShouldBeFalse();
        _log.Trim(limit: 4, kept: 2).ShouldBeTrue();
        File.ReadAllText(_log.OldPath).ShouldBe("rt");
    }

    [Fact]
    public void A_log_that_another_cut_is_read_from_its_new_start()
    {
        Append("before");
        var position = _log.Tail(100);
        Rest(ref position).ShouldBe("before");
        File.WriteAllText(FilePath, "");
        Append("new");
        Rest(ref position).ShouldBe("new");
    }

    [Fact]
    public void A_log_that_another_replaced_is_read_to_its_end_and_then_from_the_new_start()
    {
        Append("before");
        var position = _log.Tail(100);
        Rest(ref position).ShouldBe("before");
        Append(" and after");
        File.Move(FilePath, FilePath + ".0");
        Append("new");
        Rest(ref position).ShouldBe(" and afternew");
    }

    [Fact]
    public void What_was_opened_is_read_to_its_end_when_the_guests_folder_is_gone()
    {
        Append("last ");
        var position = _log.Tail(100);
        Rest(ref position).ShouldBe("last ");
        Append("words");
        File.Delete(FilePath);
        Rest(ref position).ShouldBe("words");
    }

    private void Append(string text) => File.AppendAllText(FilePath, text);

    private string Rest(ref long position) => Rest(_log, ref position);

    private static string Rest(ConsoleLog log, ref long position)
    {
        var text = new StringBuilder();
        var buffer = new byte[4];
        while (log.Read(ref position, buffer) is > 0 and var count)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
