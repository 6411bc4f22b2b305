using System.CommandLine;
using Vireo.Agent;

namespace Vireo.Commands;

/// <summary>What the commands that run guests are told.</summary>
internal sealed class AgentCommandOptions
{
    private readonly Option<string> _nodeName = new("--node-name")
    {
        Description = "The host's name in the cluster.",
        DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
    };

    private readonly Option<string?> _libvirt = new("--libvirt-uri")
    {
        Description =
            "The libvirt daemon, for example qemu:///system. Without it: the host's own if it runs, else a private one.",
    };

    private readonly Option<string[]> _hostDiskRoots = new("--host-disk-root")
    {
        Description = "A folder below which hostDisk volumes may be; may be given several times. None: no hostDisks.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _liveMoves = new("--live-moves-under-emulation")
    {
        Description =
            "Lets guests without KVM run while they move; QEMU before 9.0 loses some of what they write to memory then.",
    };

    private readonly Option<bool> _simulated = new("--simulate")
    {
        Description = "Runs no guests but only remembers them: for trials of speed and scale.",
    };

    private readonly Option<string> _simulatedRelease = SimulatedRelease();

    public void AddTo(Command command)
    {
        command.Options.Add(_nodeName);
        command.Options.Add(_libvirt);
        command.Options.Add(_hostDiskRoots);
        command.Options.Add(_liveMoves);
        command.Options.Add(_simulated);
        command.Options.Add(_simulatedRelease);
    }

    /// <summary>The host's name, and whether it was typed.</summary>
    public (string Name, bool IsTyped) NodeName(ParseResult parse) =>
        (parse.GetValue(_nodeName)!, parse.GetResult(_nodeName) is { Implicit: false });

    public AgentOptions Read(ParseResult parse, string stateFolder) =>
        new()
        {
            StateFolder = Path.GetFullPath(stateFolder),
            NodeName = parse.GetValue(_nodeName)!,
            LibvirtUri = parse.GetValue(_libvirt),
            AllowedHostDiskRoots = parse.GetValue(_hostDiskRoots)!,
            LiveMovesUnderEmulation = parse.GetValue(_liveMoves),
            Simulated = parse.GetValue(_simulated),
            SimulatedRelease = parse.GetValue(_simulatedRelease)!,
        };

    private static Option<string> SimulatedRelease()
    {
        var option = new Option<string>("--simulated-release")
        {
            Description = "With --simulate: whose machine types the host offers.",
            DefaultValueFactory = _ => "debian12",
        };
        option.AcceptOnlyFromAmong("debian12", "rhel9", "rhel10");
        return option;
    }
}
