using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo host`: what hosts are and offer, and how they are emptied.</summary>
internal static class HostCommand
{
    public static Command Create() =>
        new Command("host", "Shows what hosts offer to virtual machines, and empties them.")
        {
            HostDrainCommand.Create(),
            HostUncordonCommand.Create(),
            HostMachineTypesCommand.Create(),
        }.WithExample("vireo host machine-types\nvireo host drain host-1 --wait");
}
