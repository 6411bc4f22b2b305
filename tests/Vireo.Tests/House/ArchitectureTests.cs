using System.Reflection;
using System.Xml.Linq;

namespace Vireo.Tests.House;

/// <summary>Holds the arrows of docs/architecture.md: who may know whom.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Vireo.Api"] = [],
        ["Vireo.Sqlite"] = [],
        ["Vireo.Libvirt"] = [],
        ["Vireo.Rules"] = ["Vireo.Api"],
        ["Vireo.Runtime"] = ["Vireo.Api"],
        ["Vireo.ApiServer"] = ["Vireo.Api", "Vireo.Rules", "Vireo.Runtime", "Vireo.Sqlite"],
        ["Vireo.Controllers"] = ["Vireo.Api", "Vireo.Rules", "Vireo.Runtime"],
        ["Vireo.Agent"] = ["Vireo.Api", "Vireo.Libvirt", "Vireo.Rules", "Vireo.Runtime"],
        ["Vireo"] =
        [
            "Vireo.Agent",
            "Vireo.Api",
            "Vireo.ApiServer",
            "Vireo.Controllers",
            "Vireo.Rules",
            "Vireo.Runtime",
        ],
    };

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    [Fact]
    public void Every_project_under_src_is_a_room_of_the_drawing() =>
        Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "src"))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ShouldBe(Arrows.Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_its_arrows_point_to(string room) =>
        ProjectReferences(room).ShouldBe(Arrows[room], ignoreOrder: true);

    [Theory, MemberData(nameof(Rooms))]
    public void Only_the_bindings_hold_unsafe_code(string room)
    {
        var allowed = XDocument
            .Load(ProjectFile(room))
            .Descendants("AllowUnsafeBlocks")
            .Any(element => element.Value == "true");

        allowed.ShouldBe(room is "Vireo.Sqlite" or "Vireo.Libvirt");
    }

    [Theory]
    [InlineData("Vireo.Api")]
    [InlineData("Vireo.Rules")]
    public void Words_and_rules_do_nothing_that_takes_time(string room) =>
        Assembly
            .Load(room)
            .GetTypes()
            .SelectMany(type => type.GetMethods(AllMembers))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType))
            .Select(method => $"{method.DeclaringType}.{method.Name}")
            .ShouldBeEmpty();

    [Theory]
    [InlineData("Vireo.Rules", "System.Net.Http")]
    [InlineData("Vireo.Rules", "Microsoft.Extensions.Logging")]
    [InlineData("Vireo.Api", "Microsoft.Extensions.Logging")]
    [InlineData("Vireo.Runtime", "Microsoft.AspNetCore")]
    [InlineData("Vireo.Controllers", "Microsoft.AspNetCore")]
    public void A_room_does_not_reach_for_what_it_may_not_hold(string room, string forbidden) =>
        Assembly
            .Load(room)
            .GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith(forbidden, StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Only_the_agent_and_the_commands_start_processes() =>
        Repository
            .SourceFiles("src")
            .Where(file => !Repository.Relative(file).StartsWith("src/Vireo.Agent/", StringComparison.Ordinal))
            .Where(file => !Repository.Relative(file).StartsWith("src/Vireo/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("Process.Start", StringComparison.Ordinal))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    [Fact]
    public void Only_the_program_writes_to_the_console() =>
        Repository
            .SourceFiles("src")
            .Where(file => !Repository.Relative(file).StartsWith("src/Vireo/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("Console.Write", StringComparison.Ordinal))
            .Select(Repository.Relative)
            .ShouldBeEmpty();

    private const BindingFlags AllMembers =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static string ProjectFile(string room) => Path.Combine(Repository.Root, "src", room, $"{room}.csproj");

    private static IEnumerable<string> ProjectReferences(string room) =>
        XDocument
            .Load(ProjectFile(room))
            .Descendants("ProjectReference")
            .Select(element => Path.GetFileNameWithoutExtension((string)element.Attribute("Include")!));
}
