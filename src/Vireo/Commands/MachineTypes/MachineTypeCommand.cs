using System.CommandLine;

namespace Vireo.Commands;

/// <summary>`vireo machine-type`: the machine types of virtual machines, one by one and all together.</summary>
internal static class MachineTypeCommand
{
    public static Command Create() =>
        new Command("machine-type", "Shows, checks and changes the machine types that virtual machines keep for life.")
        {
            MachineTypeGetCommand.Create(),
            MachineTypeSetCommand.Create(),
            MachineTypeListCommand.Create(),
            MachineTypeCheckCommand.Create(),
            TransitionCommand.Create(),
        }.WithExample("vireo machine-type check\nvireo machine-type get web");
}
