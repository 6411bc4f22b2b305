using System.CommandLine;
using Vireo.Agent;
using Vireo.Rules;
using Vireo.Running;

namespace Vireo.Commands;

/// <summary>`vireo image rm`: removes an image from the store.</summary>
internal static class ImageRemoveCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("name")
        {
            Description = "The image's name.",
            Arity = ArgumentArity.OneOrMore,
        };
        var force = new Option<bool>("--force")
        {
            Description = "Removes also what a shelved machine's disks are saved in, of which there is no other copy.",
        };
        var state = CommandOptions.StateDir();
        var command = new Command("rm", "Removes images from this host's store. Guests keep what they use.")
        {
            names,
            force,
            state,
        };
        command.SetAction(
            (parse, ct) =>
                Guard.RunAsync(async () =>
                {
                    var store = new ImageStore(Path.GetFullPath(parse.GetValue(state)!), TimeProvider.System);
                    var result = ExitCodes.Success;
                    foreach (var name in parse.GetValue(names)!)
                    {
                        if (SavedImages.Parse(name) is { } owner && !parse.GetValue(force))
                        {
                            await Console.Error.WriteLineAsync(
                                $"vireo: {name} holds the disks of the shelved machine {owner.Machine}, and there is no "
                                    + "other copy. It goes by itself with the machine or when that is rebuilt; --force "
                                    + "removes it now."
                            );
                            result = ExitCodes.Failure;
                        }
                        else if (await store.RemoveAsync(name, ct))
                        {
                            await Console.Out.WriteLineAsync($"{name} removed");
                        }
                        else
                        {
                            await Console.Error.WriteLineAsync(
                                $"vireo: there is no image {name}; see 'vireo image list'"
                            );
                            result = ExitCodes.NotFound;
                        }
                    }

                    return result;
                })
        );
        return command.WithExample("vireo image rm vireo/tiny-guest:v1");
    }
}
