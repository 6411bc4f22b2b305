using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What the hypervisor says of a guest.</summary>
public enum GuestState
{
    /// <summary>No domain bears the instance's identity, and its end was not seen.</summary>
    Absent,

    /// <summary>The domain runs, is paused, sleeps or is on its way down.</summary>
    Alive,

    /// <summary>The guest switched itself off.</summary>
    ShutDown,

    /// <summary>The guest's state was saved to a file.</summary>
    Saved,

    /// <summary>The domain was set back to a snapshot in which it is off.</summary>
    FromSnapshot,

    /// <summary>The guest was ended from outside.</summary>
    Destroyed,

    /// <summary>The guest or QEMU crashed.</summary>
    Crashed,

    /// <summary>QEMU could not start or go on.</summary>
    Failed,

    /// <summary>The guest went to another host.</summary>
    Migrated,
}

/// <summary>Whether the instance's end was asked for, and how far that went.</summary>
public enum StopProgress
{
    /// <summary>Nobody asked.</summary>
    NotAsked,

    /// <summary>The guest was asked to shut down and has time left.</summary>
    Asked,

    /// <summary>The guest was asked, its time ran out, and it was ended.</summary>
    Expired,

    /// <summary>The guest is ended at once: it has no ACPI or was given no time.</summary>
    AtOnce,
}

/// <summary>Decides the phase of an instance from what its hypervisor says.</summary>
public static class VirtualMachineInstancePhases
{
    /// <summary>True when an instance in this phase has ended.</summary>
    public static bool IsFinal(VirtualMachineInstancePhase? phase) =>
        phase is VirtualMachineInstancePhase.Succeeded or VirtualMachineInstancePhase.Failed;

    /// <summary>The next phase.</summary>
    /// <param name="phase">The phase now.</param>
    /// <param name="guest">What the hypervisor says.</param>
    /// <param name="stop">Whether the end was asked for.</param>
    public static VirtualMachineInstancePhase Next(
        VirtualMachineInstancePhase phase,
        GuestState guest,
        StopProgress stop
    ) => throw new NotSupportedException();
}
