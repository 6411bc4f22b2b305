using System.CommandLine;
using System.Text.Json.Nodes;
using Vireo.Output;

namespace Vireo.Commands;

/// <summary>`vireo version`: what this program is.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var output = CommandOptions.Output();
        var command = new Command("version", "Prints the version of this program.") { output };
        command.SetAction(parse =>
        {
            var version = typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);
            Printer.Print(
                parse.GetValue(output),
                new JsonObject { ["version"] = version, ["runtime"] = Environment.Version.ToString() },
                ["Version", "Runtime"],
                [
                    [version, $".NET {Environment.Version}"],
                ]
            );
        });
        return command.WithExample("vireo version -o json");
    }
}
