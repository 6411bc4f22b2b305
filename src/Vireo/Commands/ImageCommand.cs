using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo image`: the images in this host's store.</summary>
internal static class ImageCommand
{
    public static Command Create() =>
        new Command("image", "Manages the images in this host's store, from which containerDisk volumes are made.")
        {
            ImageLoadCommand.Create(),
            ImageListCommand.Create(),
            ImageRemoveCommand.Create(),
        }.WithExample("vireo image list");
}
