namespace Vireo.Agent;

/// <summary>The hypervisor refused or did not answer.</summary>
/// <param name="message">What is wrong and what to do, for a person.</param>
/// <param name="isTransient">True when trying again later can help.</param>
/// <param name="inner">What the hypervisor said, for the log.</param>
public sealed class HypervisorException(string message, bool isTransient, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>True when trying again later can help.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>True when the hypervisor did not answer at all: it says nothing about the guest in question.</summary>
    public bool IsUnreachable { get; init; }
}
