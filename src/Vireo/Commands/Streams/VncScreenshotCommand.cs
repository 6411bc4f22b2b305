using System.CommandLine;
using Vireo.Clusters;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo vnc screenshot`: a picture of a guest's screen.</summary>
internal static class VncScreenshotCommand
{
    public static Command Create()
    {
        var name = Names.Instance();
        var file = new Option<string>("--file", "-f")
        {
            Description = "The PNG file to write; - for standard output.",
            Required = true,
        };
        var move = new Option<bool>("--move-cursor", "-m")
        {
            Description = "Moves the pointer first, which wakes a screen that sleeps.",
        };
        var client = new ClientOptions();
        var command = new Command("screenshot", "Writes a picture of a guest's screen to a file.") { name, file, move };
        client.AddTo(command);
        command.SetAction(
            (parse, ct) =>
                client.RunAsync(
                    parse,
                    async cluster =>
                    {
                        var target = Names.Of(cluster, parse.GetValue(name)!, TargetKind.Instance);
                        var moved = parse.GetValue(move) ? "true" : "false";
                        var picture = await cluster.Client.GetBytesAsync(
                            target.PathOf($"vnc/screenshot?moveCursor={moved}"),
                            ct
                        );
                        await WriteAsync(parse.GetValue(file)!, picture, target, ct);
                        return ExitCodes.Success;
                    },
                    ct
                )
        );
        return command.WithExample("vireo vnc screenshot web -f web.png");
    }

    private static async Task WriteAsync(string file, byte[] picture, Target target, CancellationToken ct)
    {
        if (file == "-")
        {
            var output = Console.OpenStandardOutput();
            await output.WriteAsync(picture, ct);
            await output.FlushAsync(ct);
            return;
        }

        await File.WriteAllBytesAsync(file, picture, ct);
        await Console.Out.WriteLineAsync($"Wrote the screen of {target} to {file}.");
    }
}
