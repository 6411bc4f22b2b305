using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the hypervisor of one host has of a guest that moves.</summary>
public enum MovingGuest
{
    /// <summary>No domain, and no sign that the guest ended here by itself.</summary>
    Absent,

    /// <summary>A domain that the guest is still to arrive in: it never ran here.</summary>
    Incoming,

    /// <summary>A domain that is the guest: it runs here, or is paused as a user can pause it.</summary>
    Here,

    /// <summary>The guest ended here: it shut down, crashed or was ended, and was not moved away.</summary>
    Ended,
}

/// <summary>All that the next step of one of the two agents depends on.</summary>
/// <param name="Instance">The instance, as it was last read.</param>
/// <param name="Host">Whose agent asks.</param>
/// <param name="Guest">What its hypervisor has.</param>
/// <param name="IsDriving">
/// On the source: a migration job of the domain is under way, whoever began it. On the target: disks are made and the
/// sockets that the guest comes through are open.
/// </param>
/// <param name="Now">The time.</param>
public sealed record MigrationSight(
    VirtualMachineInstance Instance,
    string Host,
    MovingGuest Guest,
    bool IsDriving,
    DateTimeOffset Now
)
{
    /// <summary>On the target: since when the guest has been seen to run here; null when it does not.</summary>
    public DateTimeOffset? HereSince { get; init; }

    /// <summary>On the target: false when the lease of the source's agent has run out.</summary>
    public bool IsSourceHeard { get; init; } = true;

    internal VirtualMachineInstanceMigrationState? State => Instance.Status?.MigrationState;
}
