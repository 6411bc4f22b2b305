using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>The commands as a new user meets them.</summary>
public sealed partial class CommandTests(VireoHost host)
{
    [Fact]
    public async Task Every_command_has_help_with_an_example_and_is_in_the_documents()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "operations.md"));
        var commands = await CommandsAsync("", await HelpAsync(""));
        commands.Count.ShouldBeGreaterThan(8);
        foreach (var (command, help) in commands)
        {
            help.ShouldContain("Example:\n  vireo " + Words(command)[0], Case.Sensitive, command);
            // A group within a group stands there in one row, with what it holds.
            (Words(command).Length > 2 || IsIn(document, command, help)).ShouldBeTrue(command);
        }
    }

    [Theory]
    [InlineData("table", "IMAGE")]
    [InlineData("json", "\"name\": \"vireo/tiny-guest:v1\"")]
    [InlineData("yaml", "name: vireo/tiny-guest:v1")]
    public async Task The_images_are_listed_as_asked_for(string format, string shows) =>
        (await host.RunAsync("image", "list", "-o", format)).ShouldSucceed().Output.ShouldContain(shows);

    [Fact]
    public async Task What_is_not_there_has_an_exit_code_of_its_own()
    {
        var answer = await host.RunAsync("image", "rm", "test/nowhere:v1");

        answer.ExitCode.ShouldBe(2);
        answer.Error.ShouldContain("test/nowhere:v1");
    }

    [Theory]
    [InlineData("up --listen nonsense", "--listen", 1)]
    [InlineData("image load /nowhere", "/nowhere", 1)]
    [InlineData("bogus", "bogus", 2)]
    public async Task A_wrong_command_is_refused_by_what_is_wrong(string line, string says, int code)
    {
        var answer = await host.RunAsync(line.Split(' '));

        answer.ExitCode.ShouldBe(code);
        answer.Error.ShouldContain(says);
    }

    /// <summary>
    /// It stands in the table of commands with what it takes; a group stands there with its commands.
    /// </summary>
    private static bool IsIn(string document, string command, string help) =>
        document
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Where(line =>
                line.Contains($"`{command}`", StringComparison.Ordinal)
                || line.Contains($"`{command} ", StringComparison.Ordinal)
            )
            .Any(line =>
                help.Contains("Commands:", StringComparison.Ordinal)
                || line.Split('|')[2..4]
                    .Select(cell => cell.Trim() == "yes")
                    .SequenceEqual([
                        help.Contains("--wait  ", StringComparison.Ordinal),
                        help.Contains("  --dry-run ", StringComparison.Ordinal),
                    ])
            );

    /// <summary>Every command below another with its help: a few programs at a time, for there are many.</summary>
    private static async Task<List<(string Command, string Help)>> CommandsAsync(string parent, string help)
    {
        var found = new List<(string Command, string Help)>();
        foreach (var names in NamesIn(help).Chunk(4))
        {
            var commands = names.Select(name => $"{parent} {name}".Trim()).ToList();
            foreach (var (command, text) in commands.Zip(await Task.WhenAll(commands.Select(HelpAsync))))
            {
                found.Add((command, text));
                found.AddRange(await CommandsAsync(command, text));
            }
        }

        return found;
    }

    private static async Task<string> HelpAsync(string command) =>
        (await Shell.RunAsync([Checkout.Program, .. Words(command), "--help"])).ShouldSucceed().Output;

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> NamesIn(string help)
    {
        var list = help.Split("Commands:\n") is [_, var commands] ? commands.Split("\n\n")[0] : "";
        return Name().Matches(list).Select(match => match.Groups["name"].Value);
    }

    [GeneratedRegex(@"^  (?<name>[a-z-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
