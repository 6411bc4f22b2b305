using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo host`: what hosts are and offer.</summary>
internal static class HostCommand
{
    public static Command Create() =>
        new Command("host", "Shows what hosts offer to virtual machines.")
        {
            HostMachineTypesCommand.Create(),
        }.WithExample("vireo host machine-types");
}
