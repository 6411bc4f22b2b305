using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>How a guest ended that is no longer there.</summary>
/// <param name="State">What became of it, in the hypervisor's words.</param>
/// <param name="Cause">What brought a guest down that is off.</param>
/// <param name="At">When; null when it is not known.</param>
internal sealed record GuestEnd(GuestState State, EndCause Cause = EndCause.Unknown, DateTimeOffset? At = null);

/// <summary>What brought a guest down.</summary>
internal enum EndCause
{
    /// <summary>Nobody saw it.</summary>
    Unknown,

    /// <summary>It powered itself off, of its own or because it was asked to.</summary>
    GuestShutdown,

    /// <summary>It rebooted, and was not to run on then.</summary>
    GuestReboot,

    /// <summary>It was reset from outside, and was not to run on then.</summary>
    HostReset,

    /// <summary>Its process was told to end by someone other than the hypervisor: its host goes down.</summary>
    HostSignal,
}

/// <summary>A guest started over in the same process.</summary>
/// <param name="At">When.</param>
/// <param name="IsByHost">True when it was reset from outside, false when it did so itself.</param>
internal sealed record GuestReset(DateTimeOffset At, bool IsByHost);

/// <summary>How a guest is asked to reboot.</summary>
internal enum RebootRequest
{
    /// <summary>By the agent in it.</summary>
    Agent,

    /// <summary>By the power button; the hypervisor starts it over when it is off.</summary>
    PowerButton,
}
