using Vireo.Api;

namespace Vireo.Agent;

/// <summary>All that depends on what is plugged into a guest, and what is to be.</summary>
/// <param name="Instance">What its guest is to have, and what was told.</param>
/// <param name="Seen">Its domain.</param>
/// <param name="Now">The time.</param>
internal sealed record HotplugView(VirtualMachineInstance Instance, ObservedDomain Seen, DateTimeOffset Now)
{
    /// <summary>What was tried with its vCPUs; null when nothing was.</summary>
    public HotplugTry? Vcpus { get; init; }

    /// <summary>What was tried with its memory; null when nothing was.</summary>
    public HotplugTry? Memory { get; init; }
}

/// <summary>What was tried last.</summary>
/// <param name="Target">What the guest was to have: vCPUs, or bytes beyond what it booted with.</param>
/// <param name="Since">When it was asked, or when that was first tried in vain.</param>
internal sealed record HotplugTry(long Target, DateTimeOffset Since)
{
    /// <summary>When it was tried last.</summary>
    public DateTimeOffset At { get; init; } = Since;

    /// <summary>Why it did not work; null when it did.</summary>
    public string? Problem { get; init; }

    /// <summary>True when trying again would not help.</summary>
    public bool IsFinal { get; init; }

    /// <summary>When the guest was asked last how many vCPUs it has online; null when it was not.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>How many it said, or are plugged if it cannot tell; null when it gave no answer yet.</summary>
    public int? Online { get; init; }
}

/// <summary>What to do next about a guest's vCPUs, or its memory. The list is closed.</summary>
internal abstract record HotplugStep
{
    private HotplugStep() { }

    /// <summary>Nothing is waited for, or not for this host.</summary>
    internal sealed record None : HotplugStep;

    /// <summary>The guest is to be given so much.</summary>
    /// <param name="Target">vCPUs, or bytes beyond what it booted with.</param>
    internal sealed record Plug(long Target) : HotplugStep;

    /// <summary>The guest was asked, or it is tried again later.</summary>
    /// <param name="Target">What it is to have.</param>
    /// <param name="For">When to look again at the latest.</param>
    internal sealed record Wait(long Target, TimeSpan For) : HotplugStep;

    /// <summary>The guest has what it is to have.</summary>
    internal sealed record Done : HotplugStep;

    /// <summary>The guest was asked, and did not do it in time. It still may.</summary>
    /// <param name="Message">What it has, and the way out.</param>
    internal sealed record NotTaken(string Message) : HotplugStep;

    /// <summary>It cannot be done, and is not tried again.</summary>
    /// <param name="Message">Why, what the guest has, and the way out.</param>
    internal sealed record Fail(string Message) : HotplugStep;
}
