using System.Text.RegularExpressions;

namespace Vireo.Acceptance;

/// <summary>The commands as a new user meets them.</summary>
public sealed partial class CommandTests(VireoHost host)
{
    [Fact]
    public async Task Every_command_has_help_with_an_example_and_is_in_the_documents()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "operations.md"));
        foreach (var command in await CommandsAsync())
        {
            var help = (await Shell.RunAsync([Checkout.Program, .. command, "--help"])).ShouldSucceed().Output;

            help.ShouldContain("Example:\n  vireo " + command[0], Case.Sensitive, string.Join(' ', command));
            IsIn(document, string.Join(' ', command), help).ShouldBeTrue(string.Join(' ', command));
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

    private static async Task<List<string[]>> CommandsAsync()
    {
        var found = new List<string[]>();
        foreach (var name in await NamesAsync([]))
        {
            found.Add([name]);
            found.AddRange((await NamesAsync([name])).Select(child => (string[])[name, child]));
        }

        found.Count.ShouldBeGreaterThan(8);
        return found;
    }

    private static async Task<IEnumerable<string>> NamesAsync(string[] parent)
    {
        var help = (await Shell.RunAsync([Checkout.Program, .. parent, "--help"])).ShouldSucceed().Output;
        var list = help.Split("Commands:\n") is [_, var commands] ? commands.Split("\n\n")[0] : "";
        return Name().Matches(list).Select(match => match.Groups["name"].Value);
    }

    [GeneratedRegex(@"^  (?<name>[a-z-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
