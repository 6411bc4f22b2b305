namespace Vireo.Libvirt;

/// <summary>Which of libvirt's domain events are wanted; each bit's place is the event's number in libvirt.</summary>
[Flags]
public enum DomainEventKinds
{
    None = 0,
    Lifecycle = 1 << 0,
    Reboot = 1 << 1,
    DeviceRemoved = 1 << 15,
    AgentLifecycle = 1 << 18,
    DeviceAdded = 1 << 19,
    MigrationIteration = 1 << 20,
    JobCompleted = 1 << 21,
    DeviceRemovalFailed = 1 << 22,
    MemoryDeviceSize = 1 << 26,
    All =
        Lifecycle
        | Reboot
        | DeviceRemoved
        | AgentLifecycle
        | DeviceAdded
        | MigrationIteration
        | JobCompleted
        | DeviceRemovalFailed
        | MemoryDeviceSize,
}

/// <summary>Something that happened to a domain.</summary>
public abstract record DomainEvent(DomainIdentity Domain)
{
    /// <summary>The kind it is subscribed by; none for QEMU's own events, which are subscribed by name.</summary>
    internal abstract DomainEventKinds Kind { get; }
}

/// <summary>It was defined, started, paused, stopped: see <see cref="Lifecycle"/>.</summary>
/// <param name="Domain">Which domain.</param>
/// <param name="Event">What happened.</param>
/// <param name="Detail">What exactly.</param>
public sealed record LifecycleChanged(DomainIdentity Domain, Lifecycle Event, LifecycleDetail Detail)
    : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.Lifecycle;

    internal static LifecycleChanged Of(DomainIdentity domain, int type, int detail) =>
        new(domain, (Lifecycle)type, (LifecycleDetail)((type * 100) + detail));
}

/// <summary>The guest rebooted and runs on in the same QEMU. May be told two or three times for one reboot.</summary>
public sealed record Rebooted(DomainIdentity Domain) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.Reboot;
}

/// <summary>The guest agent came or went.</summary>
public sealed record AgentChanged(DomainIdentity Domain, AgentState State, AgentReason Reason) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.AgentLifecycle;
}

/// <summary>A device was plugged in.</summary>
/// <param name="Domain">Which domain.</param>
/// <param name="Alias">libvirt's name for the device.</param>
public sealed record DeviceAdded(DomainIdentity Domain, string Alias) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.DeviceAdded;
}

/// <summary>The guest has let a device go.</summary>
public sealed record DeviceRemoved(DomainIdentity Domain, string Alias) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.DeviceRemoved;
}

/// <summary>The guest has refused to let a device go.</summary>
public sealed record DeviceRemovalFailed(DomainIdentity Domain, string Alias) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.DeviceRemovalFailed;
}

/// <summary>The guest took or gave back memory of a virtio-mem device; at most once a second.</summary>
/// <param name="Domain">Which domain.</param>
/// <param name="Alias">libvirt's name for the device.</param>
/// <param name="SizeBytes">What the guest has of it now.</param>
public sealed record MemoryDeviceResized(DomainIdentity Domain, string Alias, long SizeBytes) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.MemoryDeviceSize;
}

/// <summary>A migration has begun to go over the guest's memory once more.</summary>
public sealed record MigrationIterated(DomainIdentity Domain, int Iteration) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.MigrationIteration;
}

/// <summary>A long job has ended.</summary>
public sealed record JobEnded(DomainIdentity Domain, JobStats Stats) : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.JobCompleted;

    internal static JobEnded Of(DomainIdentity domain, TypedParameters parameters) =>
        new(domain, new(parameters.Flag("success") ?? true ? JobType.Completed : JobType.Failed, parameters));
}

/// <summary>An event of QEMU's own monitor, as QEMU said it.</summary>
/// <param name="Domain">Which domain.</param>
/// <param name="Name">QEMU's name for it, <c>SHUTDOWN</c>.</param>
/// <param name="At">QEMU's time stamp.</param>
/// <param name="DetailsJson">
/// The event's data; for SHUTDOWN <c>{"guest":true,"reason":"guest-reset"}</c>. On one subscription it comes before the
/// lifecycle events that follow from it.
/// </param>
public sealed record MonitorEvent(DomainIdentity Domain, string Name, DateTimeOffset? At, string? DetailsJson)
    : DomainEvent(Domain)
{
    internal override DomainEventKinds Kind => DomainEventKinds.None;
}

/// <summary>libvirt's <c>virDomainEventType</c>.</summary>
public enum Lifecycle
{
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Suspended = 3,
    Resumed = 4,
    Stopped = 5,

    /// <summary>Going down: <see cref="Stopped"/> follows.</summary>
    Shutdown = 6,
    SuspendedByGuest = 7,
    Crashed = 8,
}

/// <summary>The details of all lifecycle events in one list, numbered event × 100 + detail.</summary>
/// <remarks>libvirt's own numbers mean something else for each event; these cannot be mixed up.</remarks>
public enum LifecycleDetail
{
    DefinedAdded = 0,
    DefinedUpdated = 1,
    DefinedRenamed = 2,
    DefinedFromSnapshot = 3,
    UndefinedRemoved = 100,
    UndefinedRenamed = 101,
    StartedBooted = 200,
    StartedMigrated = 201,
    StartedRestored = 202,
    StartedFromSnapshot = 203,
    StartedWakeup = 204,
    SuspendedPaused = 300,
    SuspendedMigrated = 301,
    SuspendedIoError = 302,
    SuspendedWatchdog = 303,
    SuspendedRestored = 304,
    SuspendedFromSnapshot = 305,
    SuspendedApiError = 306,
    SuspendedPostcopy = 307,
    SuspendedPostcopyFailed = 308,
    ResumedUnpaused = 400,
    ResumedMigrated = 401,
    ResumedFromSnapshot = 402,
    ResumedPostcopy = 403,
    ResumedPostcopyFailed = 404,

    /// <summary>By itself, or asked to; with "on reboot, destroy" after a reboot as well.</summary>
    StoppedShutdown = 500,
    StoppedDestroyed = 501,
    StoppedCrashed = 502,
    StoppedMigrated = 503,
    StoppedSaved = 504,

    /// <summary>QEMU died.</summary>
    StoppedFailed = 505,
    StoppedFromSnapshot = 506,
    ShutdownFinished = 600,
    ShutdownByGuest = 601,
    ShutdownByHost = 602,
    CrashedPanicked = 800,
    CrashedCrashloaded = 801,
}

/// <summary>Whether the guest agent answers.</summary>
public enum AgentState
{
    Connected = 1,
    Disconnected = 2,
}

/// <summary>Why the agent's state is told.</summary>
public enum AgentReason
{
    Unknown = 0,

    /// <summary>The domain was started.</summary>
    DomainStarted = 1,

    /// <summary>The guest opened or closed the agent's channel.</summary>
    Channel = 2,
}
