namespace Vireo.Agent;

/// <summary>Why the agent in a guest did not do what it was asked.</summary>
internal enum GuestAgentFault
{
    /// <summary>There is none, or it has not said that it is there.</summary>
    NotConnected,

    /// <summary>It was asked and is silent: it hangs, or the guest is too busy.</summary>
    Silent,

    /// <summary>It said no.</summary>
    Refused,
}

/// <summary>The agent in a guest did not do what it was asked.</summary>
/// <param name="fault">Why, for a program.</param>
/// <param name="message">Why, for a person, and what to do.</param>
/// <param name="inner">What the hypervisor said.</param>
internal sealed class GuestAgentException(GuestAgentFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why, for a program.</summary>
    public GuestAgentFault Fault { get; } = fault;
}
