using Vireo.Api;

namespace Vireo.Agent;

/// <summary>All that a domain is built from. Equal inputs give equal XML.</summary>
/// <param name="Instance">The instance, with defaults filled in.</param>
/// <param name="Host">What this host offers.</param>
/// <param name="Disks">The volumes that were made ready.</param>
/// <param name="Paths">Where the guest's sockets and logs are.</param>
/// <param name="UseEmulation">True to run without KVM though the host has it.</param>
internal sealed record DomainInput(
    VirtualMachineInstance Instance,
    HostFacts Host,
    IReadOnlyList<PreparedDisk> Disks,
    DomainPaths Paths,
    bool UseEmulation
)
{
    /// <summary>True when the guest's processors are emulated in software.</summary>
    public bool IsEmulated => UseEmulation || !Host.HasKvm;

    /// <summary>True when the guest's reboot ends the domain.</summary>
    public bool EndsOnReboot { get; init; }
}

/// <summary>Where a guest's sockets and files are, and the network it is put on.</summary>
/// <param name="ConsoleSocket">The serial console: a unix socket that QEMU listens on.</param>
/// <param name="ConsoleLog">What the guest wrote to the serial console.</param>
/// <param name="VncSocket">The screen: a unix socket that QEMU listens on.</param>
/// <param name="EfiVariables">The EFI variables of one run.</param>
/// <param name="PersistentEfiVariables">The EFI variables that outlive a run.</param>
/// <param name="Network">The libvirt network of the guests.</param>
internal sealed record DomainPaths(
    string ConsoleSocket,
    string ConsoleLog,
    string VncSocket,
    string EfiVariables,
    string PersistentEfiVariables,
    string Network
);
