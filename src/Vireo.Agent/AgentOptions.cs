using System.Net;
using Vireo.Runtime;

namespace Vireo.Agent;

/// <summary>What an agent is told at its start.</summary>
public sealed record AgentOptions
{
    /// <summary>
    /// Where the agent keeps its guests' disks, sockets and logs. On a host of its own, for one agent.
    /// </summary>
    public required string StateFolder { get; init; }

    /// <summary>The host's name: that of its Node and Host.</summary>
    public required string NodeName { get; init; }

    /// <summary>What the host got when it joined; null for one that is reached by a socket of its machine.</summary>
    public HostIdentity? Identity { get; init; }

    /// <summary>Where the agent of a host that joined is to listen.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DoorEndpoint.DefaultPort);

    /// <summary>Where a host that joined is reached, where that is not where it listens.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The libvirt daemon; null for the host's own if it runs, else a private one.</summary>
    public string? LibvirtUri { get; init; }

    /// <summary>Folders below which hostDisk volumes may be. None means that there are no hostDisks.</summary>
    public IReadOnlyList<string> AllowedHostDiskRoots { get; init; } = [];

    /// <summary>True to let guests without KVM run while they move, at the risk of their memory.</summary>
    public bool LiveMovesUnderEmulation { get; init; }

    /// <summary>True to run no guest but only remember them: for trials of speed and scale.</summary>
    public bool Simulated { get; init; }

    /// <summary>Whose machine types a simulated host offers: debian12, rhel9 or rhel10.</summary>
    public string SimulatedRelease { get; init; } = "debian12";

    /// <summary>The name of the guests' network in libvirt.</summary>
    public string GuestNetwork { get; init; } = "vireo";

    /// <summary>The bridge of the guests' network.</summary>
    public string GuestBridge { get; init; } = "vireo0";

    /// <summary>The addresses of the guests' network; the first is the host's.</summary>
    public IPNetwork GuestSubnet { get; init; } = IPNetwork.Parse("10.77.0.0/24");

    /// <summary>How many guests are started or stopped at once.</summary>
    public int Workers { get; init; } = 8;
}
