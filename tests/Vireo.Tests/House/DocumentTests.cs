using System.Text.RegularExpressions;

namespace Vireo.Tests.House;

/// <summary>What the documents name exists: prose about code is checked like code.</summary>
public sealed partial class DocumentTests
{
    private const int MaxCardLines = 15;

    public static TheoryData<string> Documents =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Concat(
                    Directory.EnumerateFiles(
                        Path.Combine(Repository.Root, "src"),
                        "README.md",
                        SearchOption.AllDirectories
                    )
                )
                .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
                .Select(Repository.Relative)
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public void Every_room_has_a_card_of_at_most_15_lines()
    {
        foreach (var room in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")))
        {
            var card = Path.Combine(room, "README.md");
            File.Exists(card).ShouldBeTrue($"{Repository.Relative(room)} has no README.md");
            File.ReadLines(card).Count().ShouldBeLessThanOrEqualTo(MaxCardLines, Repository.Relative(card));
        }
    }

    [Theory, MemberData(nameof(Documents))]
    public void Links_and_paths_in_a_document_lead_to_files(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var text = Repository.Read(document);
        var links = Link().Matches(text).Select(match => match.Groups[1].Value.Split('#')[0]).Where(IsLocal);
        var paths = CodePath().Matches(text).Select(match => match.Groups[1].Value.TrimEnd('/'));

        links
            .Where(link => !Path.Exists(Path.Combine(folder, link)))
            .Concat(paths.Where(path => !Path.Exists(Path.Combine(Repository.Root, path))))
            .ShouldBeEmpty($"in {document}");
    }

    [Theory, MemberData(nameof(Documents))]
    public void Names_in_a_document_are_names_in_the_source(string document) =>
        TypeName()
            .Matches(Repository.Read(document))
            .Select(match => match.Groups[1].Value.Split('.')[0])
            .Where(name => !Known.Value.Contains(name))
            .Distinct(StringComparer.Ordinal)
            .ShouldBeEmpty($"in {document}");

    [Theory, MemberData(nameof(Documents))]
    public void Tests_named_in_a_document_are_there(string document) =>
        TestName()
            .Matches(Repository.Read(document))
            .Select(match => match.Groups[1].Value)
            .Where(name => !Tests.Value.Contains(name))
            .Distinct(StringComparer.Ordinal)
            .ShouldBeEmpty($"in {document}");

    private static readonly Lazy<HashSet<string>> Tests = new(() =>
        Repository
            .SourceFiles("tests")
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal)
    );

    /// <summary>Every word of the source: types, members, and the conditions and reasons that it tells users.</summary>
    private static readonly Lazy<HashSet<string>> Known = new(() =>
        Repository
            .SourceFiles("src")
            .Concat(Repository.SourceFiles("tests"))
            .SelectMany(file => Word().Matches(File.ReadAllText(file)))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal)
    );

    private static bool IsLocal(string link) =>
        link.Length > 0
        && !link.Contains("://", StringComparison.Ordinal)
        && !link.StartsWith("mailto:", StringComparison.Ordinal);

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("\\]\\(([^)\\s]+)\\)")]
    private static partial Regex Link();

    [GeneratedRegex("`((?:src|tests|bench|docs|examples|images|deploy)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex CodePath();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+){2,})`")]
    private static partial Regex TestName();

    [GeneratedRegex("(?:void|Task) ([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)\\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex("`([A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\\.[A-Z][A-Za-z]+)*)`")]
    private static partial Regex TypeName();
}
