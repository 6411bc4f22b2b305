namespace Vireo.Agent;

/// <summary>What carries out moves on this host.</summary>
/// <param name="Arrivals">The guests that are to come.</param>
/// <param name="Departures">The guests that leave.</param>
/// <param name="Moves">The hypervisor.</param>
/// <param name="Control">Lets guests go on.</param>
/// <param name="Peers">Other hosts' agents.</param>
internal sealed record MoveParts(
    Arrivals Arrivals,
    Departures Departures,
    IGuestMoves Moves,
    IGuestControl Control,
    PeerTalk Peers
);
