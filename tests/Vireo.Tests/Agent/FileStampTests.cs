using Vireo.Agent;

namespace Vireo.Tests.Agent;

/// <summary>What a host offers is asked for again when the programs that offer it are others.</summary>
public sealed class FileStampTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vireo-programs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_program_that_is_left_alone_is_the_same()
    {
        var program = Write("qemu", "7.2");
        Facts(program).IsOutdated.ShouldBeFalse();
    }

    [Fact]
    public void A_program_that_was_replaced_is_another_even_behind_a_link()
    {
        var program = Write("qemu-7.2", "7.2");
        var link = Path.Combine(_folder.FullName, "qemu");
        File.CreateSymbolicLink(link, program);
        var facts = Facts(link);

        var next = Write("qemu-9.2", "9.20");
        File.Delete(link);
        File.CreateSymbolicLink(link, next);

        facts.IsOutdated.ShouldBeTrue();
    }

    [Fact]
    public void A_program_of_the_same_size_with_another_date_is_another()
    {
        var program = Write("qemu", "7.2");
        var facts = Facts(program);

        File.SetLastWriteTimeUtc(program, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        facts.IsOutdated.ShouldBeTrue();
    }

    [Fact]
    public void A_program_that_was_removed_is_another_and_one_that_is_still_missing_is_not()
    {
        var program = Write("qemu", "7.2");
        var facts = Facts(program);

        File.Delete(program);

        facts.IsOutdated.ShouldBeTrue();
        Facts(program).IsOutdated.ShouldBeFalse();
    }

    private static HostFacts Facts(string program) => Samples.Host with { Emulators = [FileStamp.Look(program)] };

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
