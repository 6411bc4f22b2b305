namespace Vireo.Agent;

/// <summary>What runs the guests of a host, acts on them, and moves them.</summary>
internal sealed record HypervisorParts(IHypervisor Hypervisor, IGuestControl Control, IGuestMoves Moves)
{
    /// <summary>Those of a host that only remembers its guests.</summary>
    public static HypervisorParts Of(SimulatedHypervisor simulated) =>
        new(simulated, new SimulatedGuestControl(simulated), new SimulatedGuestMoves(simulated));
}
