using System.Text.RegularExpressions;
using Vireo.Tests.Controllers;
using Vireo.Tests.Controllers.Migrations;
using Vireo.Tests.House;
using Phase = Vireo.Api.VirtualMachineInstanceMigrationPhase;

namespace Vireo.Tests.Program;

/// <summary>Executes the commands of docs/migration.md on simulated hosts: they show what it shows.</summary>
public sealed partial class MigrationWalkTests(ControlPlane plane) : IClassFixture<ControlPlane>
{
    [Fact]
    public async Task The_guide_shows_what_the_commands_show()
    {
        await using var room = await MigrationRoom.OpenAsync(plane);
        await room.StartAsync("db");
        await room.StartAsync("web", eviction: "LiveMigrate");
        var commands = Commands(Repository.Read("docs/migration.md"));
        commands.Count.ShouldBeGreaterThan(5);
        foreach (var (command, shown) in commands)
        {
            // What is to be cancelled does not end by itself.
            room.Moves.Holds["db"] = HoldAt.Arrive;

            var line = command.StartsWith("host ", StringComparison.Ordinal) ? command : $"{command} -n {room.Space}";
            var printed = await plane.RunAsync(Named(line, room));
            var text = printed.Output.Length > 0 ? printed.Output : printed.Error;
            Plain(text).ShouldMatch(Pattern(Named(shown, room)), $"vireo {command}: {printed.Error}");
            if (command == "migrate db")
            {
                await Eventually.HoldsAsync(() => room.Migrations("db").Any(one => one.Status?.Phase is Phase.Running));
            }
        }
    }

    private static List<(string Command, string Shown)> Commands(string document) =>
        [
            .. Block()
                .Matches(document)
                .SelectMany(block => block.Groups[1].Value.Split("$ vireo ", StringSplitOptions.RemoveEmptyEntries))
                .Select(entry => entry.Split('\n', 2))
                .Select(entry => (entry[0], entry[1])),
        ];

    private static string Named(string text, MigrationRoom room) =>
        text.Replace("host-1", room.Host("a"), StringComparison.Ordinal)
            .Replace("host-2", room.Host("b"), StringComparison.Ordinal)
            .Replace("default ", $"{room.Space} ", StringComparison.Ordinal);

    /// <summary>Columns are as wide as what is in them: one blank stands for all.</summary>
    private static string Plain(string text) => Blanks().Replace(text, " ").Trim();

    private static string Pattern(string shown) =>
        $"^{Regex.Escape(Plain(shown)).Replace("\\.\\.\\.", ".*", StringComparison.Ordinal)}$";

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Block();

    [GeneratedRegex("[ \n]+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
