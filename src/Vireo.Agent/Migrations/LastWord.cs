namespace Vireo.Agent;

/// <summary>What is done when the other host is lost in the middle of a move. The list is closed.</summary>
internal enum LastWordStep
{
    /// <summary>The hypervisor learns it: the guest goes on here, or does already.</summary>
    Tell,

    /// <summary>Ask the other host how the guest stands there, and decide again.</summary>
    Ask,

    /// <summary>The guest runs on the other host: end the domain here, and then tell.</summary>
    Yield,

    /// <summary>Nobody can know yet: the guest stands still, and is looked at again.</summary>
    Hold,
}

/// <summary>Decides when the hypervisor learns that the other one is lost to which a guest moves. Pure.</summary>
/// <remarks>
/// A hypervisor that has sent all of a guest and then loses the other one lets the guest go on. The other one may run
/// it already: only the answer was lost. So it learns of the loss only when that is known not to be. A guest that runs
/// here was not sent whole, and cannot run there.
/// <code>
/// here \ there   not asked  Unknown  Absent  Running  Paused  Halted
/// Running        Tell
/// Paused         Tell
/// Absent         Tell
/// Unknown        Hold
/// Halted         Ask        Hold     Tell    Yield    Yield   Hold
/// </code>
/// </remarks>
internal static class LastWord
{
    /// <summary>What is done now.</summary>
    /// <param name="here">How the guest stands on this host.</param>
    /// <param name="there">How it stands on the other; null before it was asked.</param>
    /// <param name="isWhole">False while the guest may run there on memory that is still here.</param>
    public static LastWordStep Next(GuestPlace here, GuestPlace? there, bool isWhole) =>
        (here, there) switch
        {
            (GuestPlace.Unknown, _) => LastWordStep.Hold,
            (not GuestPlace.Halted, _) => LastWordStep.Tell,
            (_, null) => LastWordStep.Ask,
            (_, GuestPlace.Running or GuestPlace.Paused) => isWhole ? LastWordStep.Yield : LastWordStep.Hold,
            (_, GuestPlace.Absent) => LastWordStep.Tell,
            _ => LastWordStep.Hold,
        };
}
