using System.CommandLine;
using Vireo.Agent;
using Vireo.Output;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo image load`: takes images from a folder or file into the store.</summary>
internal static class ImageLoadCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source")
        {
            Description = "An OCI image layout (folder), an OCI archive or a Docker archive.",
        };
        var name = new Option<string?>("--name")
        {
            Description = "The name to store it under; the one it bears when not given.",
        };
        var state = CommandOptions.StateDir();
        var output = CommandOptions.Output();
        var command = new Command("load", "Takes images from a folder or file into this host's store.")
        {
            source,
            name,
            state,
            output,
        };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    await Console.Error.WriteLineAsync($"Loading {parse.GetValue(source)}");
                    var store = new ImageStore(Path.GetFullPath(parse.GetValue(state)!), TimeProvider.System);
                    var images = await store.LoadAsync(parse.GetValue(source)!, parse.GetValue(name), ct);
                    ImageTable.Print(parse.GetValue(output), images);
                    return ExitCodes.Success;
                })
        );
        return command.WithExample("vireo image load ./tiny-guest --name vireo/tiny-guest:v1");
    }
}
