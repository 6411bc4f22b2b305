using System.CommandLine;
using Vireo.Agent;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo image list`: what is in the store.</summary>
internal static class ImageListCommand
{
    public static Command Create()
    {
        var state = CommandOptions.StateDir();
        var output = CommandOptions.Output();
        var command = new Command("list", "Lists the images in this host's store.") { state, output };
        command.Aliases.Add("ls");
        command.SetAction(parse =>
            Guard.RunAsync(async () =>
            {
                var folder = Path.GetFullPath(parse.GetValue(state)!);
                var images = new ImageStore(folder, TimeProvider.System).List();
                if (images.Count == 0 && parse.GetValue(output) == OutputFormat.Table)
                {
                    await Console.Error.WriteLineAsync(
                        $"There are no images in '{folder}'. Load one with 'vireo image load'."
                    );
                    return ExitCodes.Success;
                }

                ImageTable.Print(parse.GetValue(output), images);
                return ExitCodes.Success;
            })
        );
        return command.WithExample("vireo image list -o json");
    }
}
