namespace Vireo.Libvirt;

/// <summary>Where a domain stands: libvirt's <c>virDomainState</c>.</summary>
public enum DomainState
{
    None = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,

    /// <summary>On its way down, not there yet.</summary>
    ShuttingDown = 4,
    ShutOff = 5,
    Crashed = 6,
    SuspendedByGuest = 7,
}

/// <summary>
/// Why a domain stands there: libvirt's reasons of all states in one list, numbered state × 100 + reason.
/// </summary>
/// <remarks>libvirt's own numbers mean something else in each state; these cannot be mixed up.</remarks>
public enum DomainReason
{
    Unknown = 0,
    RunningUnknown = 100,
    RunningBooted = 101,
    RunningMigrated = 102,
    RunningRestored = 103,
    RunningFromSnapshot = 104,
    RunningUnpaused = 105,
    RunningMigrationCanceled = 106,
    RunningSaveCanceled = 107,
    RunningWakeup = 108,
    RunningCrashed = 109,
    RunningPostcopy = 110,
    RunningPostcopyFailed = 111,
    PausedUnknown = 300,
    PausedByUser = 301,
    PausedMigration = 302,
    PausedSave = 303,
    PausedDump = 304,
    PausedIoError = 305,
    PausedWatchdog = 306,
    PausedFromSnapshot = 307,
    PausedShuttingDown = 308,
    PausedSnapshot = 309,
    PausedCrashed = 310,
    PausedStartingUp = 311,
    PausedPostcopy = 312,
    PausedPostcopyFailed = 313,
    ShuttingDownUnknown = 400,
    ShuttingDownByUser = 401,
    ShutOffUnknown = 500,
    ShutOffShutdown = 501,
    ShutOffDestroyed = 502,
    ShutOffCrashed = 503,
    ShutOffMigrated = 504,
    ShutOffSaved = 505,
    ShutOffFailed = 506,
    ShutOffFromSnapshot = 507,
    ShutOffDaemon = 508,
    CrashedUnknown = 600,
    CrashedPanicked = 601,
    SuspendedByGuestUnknown = 700,
}

/// <summary>A domain's state together with the reason for it.</summary>
public sealed record DomainStatus(DomainState State, DomainReason Reason)
{
    internal static DomainStatus Of(int state, int reason) =>
        new((DomainState)state, (DomainReason)((state * 100) + reason));
}

/// <summary>What a domain has and has used.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="MaxMemoryBytes">The most memory it may have.</param>
/// <param name="MemoryBytes">The memory it has now.</param>
/// <param name="Vcpus">The virtual CPUs it has now.</param>
/// <param name="CpuTime">Host CPU time it has used since it was started.</param>
public sealed record DomainUsage(DomainState State, long MaxMemoryBytes, long MemoryBytes, int Vcpus, TimeSpan CpuTime);
