namespace Vireo.Libvirt;

/// <summary>Which domains a list holds; within one pair (active or inactive, for one) neither means both.</summary>
[Flags]
public enum DomainFilter
{
    All = 0,
    Active = 1,
    Inactive = 2,
    Persistent = 4,
    Transient = 8,
    Running = 16,
    Paused = 32,
    ShutOff = 64,
    OtherState = 128,
}

/// <summary>How a domain is started.</summary>
[Flags]
public enum DomainStart
{
    Running = 0,

    /// <summary>QEMU runs, the guest's CPUs do not until <see cref="LibvirtDomain.Resume"/>.</summary>
    Paused = 1,

    /// <summary>The daemon destroys it when the connection that started it closes.</summary>
    AutoDestroy = 2,
    BypassCache = 4,
    ForceBoot = 8,

    /// <summary>Check the XML against libvirt's schema first: an unknown element is then an error.</summary>
    Validate = 16,
    ResetNvram = 32,
}

/// <summary>Which description of a domain is wanted.</summary>
[Flags]
public enum DomainXmlFlags
{
    /// <summary>As it runs now, without passwords.</summary>
    Live = 0,
    Secure = 1,
    Inactive = 2,
    UpdateCpu = 4,
    Migratable = 8,
}

/// <summary>Who in the guest is asked to power off or reboot; with none given, libvirt chooses.</summary>
[Flags]
public enum PowerRequest
{
    Default = 0,
    AcpiPowerButton = 1,
    GuestAgent = 2,
}

/// <summary>How hard a domain is destroyed.</summary>
[Flags]
public enum DomainDestroy
{
    /// <summary>SIGTERM to QEMU, then SIGKILL.</summary>
    Default = 0,

    /// <summary>SIGTERM only: fails with <see cref="ErrorCode.ResourceBusy"/> where QEMU does not go in time.</summary>
    Graceful = 1,
    RemoveLogs = 2,
}

/// <summary>What goes or stays with a definition that is removed.</summary>
[Flags]
public enum DomainUndefine
{
    Default = 0,
    ManagedSave = 1,
    SnapshotsMetadata = 2,
    Nvram = 4,
    KeepNvram = 8,
    CheckpointsMetadata = 16,
    Tpm = 32,
    KeepTpm = 64,
}

/// <summary>Whether a change is for the running domain, for its stored definition, or for both.</summary>
[Flags]
public enum DomainImpact
{
    /// <summary>The running domain if it runs, else the definition.</summary>
    Current = 0,
    Live = 1,
    Config = 2,
}

/// <summary><see cref="DomainImpact"/> for devices.</summary>
[Flags]
public enum DeviceImpact
{
    Current = 0,
    Live = 1,
    Config = 2,

    /// <summary>Even where the guest holds on to it: eject a locked CD, for one.</summary>
    Force = 4,
}

/// <summary><see cref="DomainImpact"/> for memory.</summary>
[Flags]
public enum MemoryImpact
{
    Current = 0,
    Live = 1,
    Config = 2,
    Maximum = 4,
}

/// <summary><see cref="DomainImpact"/> for virtual CPUs.</summary>
[Flags]
public enum VcpuImpact
{
    Current = 0,
    Live = 1,
    Config = 2,
    Maximum = 4,

    /// <summary>Through the guest agent: taken offline in the guest, still plugged.</summary>
    Guest = 8,
    Hotpluggable = 16,
}

/// <summary>What happens to a guest that a <see cref="LifecycleAction"/> answers.</summary>
public enum GuestTransition
{
    PowerOff = 0,
    Reboot = 1,
    Crash = 2,
}

/// <summary>What libvirt does when the guest powers off, reboots or crashes.</summary>
public enum LifecycleAction
{
    Destroy = 0,
    Restart = 1,
    RestartRename = 2,
    Preserve = 3,
    CoredumpDestroy = 4,
    CoredumpRestart = 5,
}
