using System.Reflection;
using System.Text.RegularExpressions;

namespace Vireo.Tests.House;

/// <summary>Style that a compiler does not hold: sizes, names, and prose that must stay true.</summary>
public sealed partial class TidyTests
{
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 60;
    private const int MaxConstructorParameters = 7;
    private const int MaxLineColumns = 120;

    private static readonly string[] Rooms =
    [
        "Vireo.Api",
        "Vireo.Sqlite",
        "Vireo.Libvirt",
        "Vireo.Rules",
        "Vireo.Runtime",
        "Vireo.ApiServer",
        "Vireo.Controllers",
        "Vireo.Agent",
        "vireo",
    ];

    /// <summary>Names that Kubernetes and KubeVirt gave; those of C stand in folders named Native.</summary>
    private static readonly HashSet<string> OthersNames =
    [
        "NodeSystemInfo",
        "UserInfo",
        "VirtualMachineInstanceGuestOSInfo",
        "VirtualMachineInstanceGuestAgentInfo",
        "GuestAgentCommandInfo",
        "VirtualMachineInstanceFileSystemInfo",
    ];

    /// <summary>Files that may be longer, each with its reason. This list may only shrink.</summary>
    private static readonly Dictionary<string, string> LongFiles = new(StringComparer.Ordinal);

    [Fact]
    public void No_source_file_is_longer_than_300_lines() =>
        Repository
            .SourceFiles("src")
            .Where(file => !LongFiles.ContainsKey(Repository.Relative(file)))
            .Select(file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MaxFileLines)
            .ShouldBeEmpty();

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        Repository.SourceFiles("src").SelectMany(LongBlocks).ShouldBeEmpty();

    [Fact]
    public void No_line_is_wider_than_120_columns() =>
        Repository
            .SourceFiles("src")
            .Concat(Repository.SourceFiles("tests"))
            .SelectMany(file =>
                File.ReadLines(file)
                    .Select((line, index) => (Line: line, Place: $"{Repository.Relative(file)}:{index + 1}"))
            )
            .Where(line => line.Line.Length > MaxLineColumns && !line.Line.Contains("://", StringComparison.Ordinal))
            .Where(line => !line.Line.Contains('"', StringComparison.Ordinal))
            .Select(line => line.Place)
            .ShouldBeEmpty();

    [Fact]
    public void No_constructor_takes_more_than_seven_parameters() =>
        Types()
            .Where(type => !IsRecord(type))
            .SelectMany(type =>
                type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            )
            .Where(constructor => constructor.GetParameters().Length > MaxConstructorParameters)
            .Select(constructor => constructor.DeclaringType!.FullName!)
            .ShouldBeEmpty();

    /// <summary>Patterns are linear instead: who waits for a core must not get another answer for it.</summary>
    [Fact]
    public void No_answer_depends_on_how_long_a_pattern_took() =>
        Repository
            .SourceFiles("src")
            .Where(file => !Repository.Relative(file).StartsWith("src/Vireo/", StringComparison.Ordinal))
            .Where(file => PatternWithTimeLimit().IsMatch(File.ReadAllText(file)))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Types()
            .Where(type => !type.Name.StartsWith('<') && EmptyWord().IsMatch(type.Name))
            .Where(type => !OthersNames.Contains(type.Name) && type.Namespace?.EndsWith(".Native") != true)
            .Select(type => type.FullName!)
            .ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_undone_in_the_source() =>
        Repository
            .SourceFiles("src")
            .Concat(Repository.SourceFiles("tests"))
            .Where(file => !file.EndsWith("TidyTests.cs", StringComparison.Ordinal))
            .Where(file => Undone().IsMatch(File.ReadAllText(file)))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    [Fact]
    public void Doc_comments_say_what_a_thing_is_for() =>
        Repository
            .SourceFiles("src")
            .Where(file => EmptyPhrase().IsMatch(File.ReadAllText(file)))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    [Fact]
    public void Every_public_type_has_a_doc_comment()
    {
        foreach (var room in Rooms)
        {
            var documented = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"{room}.xml"));
            Assembly
                .Load(room)
                .GetExportedTypes()
                .Where(type =>
                    !documented.Contains($"\"T:{type.FullName!.Replace('+', '.')}\"", StringComparison.Ordinal)
                )
                .Where(type => !type.Name.StartsWith('<'))
                .Select(type => type.FullName)
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void No_file_names_a_path_of_one_machine() =>
        TrackedTexts()
            .Where(file => MachinePath().IsMatch(File.ReadAllText(file)))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    private static IEnumerable<Type> Types() =>
        Rooms
            .SelectMany(room => Assembly.Load(room).GetTypes())
            .Where(type => type.Namespace?.StartsWith("Vireo", StringComparison.Ordinal) == true);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || type.IsValueType;

    /// <summary>
    /// Formatted code ends a member with a brace at the member's own indent: 4, or 8 in a nested type.
    /// </summary>
    private static IEnumerable<string> LongBlocks(string file)
    {
        var lines = File.ReadAllLines(file);
        foreach (var indent in (string[])["    ", "        "])
        {
            var start = -1;
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i] == indent + "{" && !TypeHeader().IsMatch(lines[Math.Max(0, i - 1)]))
                {
                    start = i;
                }
                else if (start >= 0 && lines[i].TrimEnd(';', ',', ')') == indent + "}")
                {
                    if (i - start > MaxMethodLines && !IsTypeBody(lines, start, indent))
                    {
                        yield return $"{Repository.Relative(file)}:{start + 1} is {i - start} lines long";
                    }

                    start = -1;
                }
            }
        }
    }

    private static bool IsTypeBody(string[] lines, int brace, string indent)
    {
        for (var i = brace - 1; i >= 0 && i > brace - 12; i--)
        {
            if (lines[i].StartsWith(indent, StringComparison.Ordinal) && TypeHeader().IsMatch(lines[i]))
            {
                return true;
            }

            if (lines[i].Length == 0)
            {
                return false;
            }
        }

        return false;
    }

    private static IEnumerable<string> TrackedTexts() =>
        ((string[])["src", "tests", "docs", "examples", "deploy", "images", "bench", ".ci"])
            .Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root))
            .Where(file => !NotTracked().IsMatch(file) && new FileInfo(file).Length < 1 << 20)
            .Where(file => !file.EndsWith("TidyTests.cs", StringComparison.Ordinal));

    [GeneratedRegex("(Manager|Helper|Utils?|Common|Base|Impl|Service|Data|Info|Wrapper)(`\\d+)?$")]
    private static partial Regex EmptyWord();

    [GeneratedRegex("\\b(TODO|FIXME|HACK|XXX)\\b|NotImplementedException|Skip = \"")]
    private static partial Regex Undone();

    [GeneratedRegex("<summary>\\s*(///\\s*)?(Represents|Gets or sets|Gets the|Initializes)\\b")]
    private static partial Regex EmptyPhrase();

    [GeneratedRegex("(?<![\\w.$}])/(work|farm|root|home/[a-z]+)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex("/(out|obj|bin|node_modules)/|/\\.git$")]
    private static partial Regex NotTracked();

    [GeneratedRegex(
        @",\s*(matchTimeoutMilliseconds:\s*)?[0-9]+\s*\)\]\s+private static partial Regex",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex PatternWithTimeLimit();

    [GeneratedRegex("\\b(class|record|struct|interface|enum)\\b")]
    private static partial Regex TypeHeader();
}
