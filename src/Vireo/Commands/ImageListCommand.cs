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
            Guard.RunAsync(() =>
            {
                var store = new ImageStore(Path.GetFullPath(parse.GetValue(state)!), TimeProvider.System);
                ImageTable.Print(parse.GetValue(output), store.List());
                return Task.FromResult(ExitCodes.Success);
            })
        );
        return command.WithExample("vireo image list -o json");
    }
}
