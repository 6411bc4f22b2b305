using static Vireo.Rules.StopProgress;
using Phase = Vireo.Api.VirtualMachineInstancePhase;

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
/// <remarks>
/// <code>
/// phase       guest         NotAsked   Asked      Expired    AtOnce
/// Pending     Absent        -          Failed     Failed     Failed
/// Scheduling  Absent        -          Failed     Failed     Failed
/// Scheduled   Absent        -          Failed     Failed     Failed
/// Running     Absent        Failed     Succeeded  Failed     Succeeded
/// Unknown     Absent        Failed     Succeeded  Failed     Succeeded
/// any         Alive         Running    Running    Running    Running
/// any         ShutDown      Succeeded  Succeeded  Succeeded  Succeeded
/// any         Saved         Succeeded  Succeeded  Succeeded  Succeeded
/// any         FromSnapshot  Succeeded  Succeeded  Succeeded  Succeeded
/// any         Destroyed     Failed     Failed     Failed     Succeeded
/// any         Crashed       Failed     Failed     Failed     Failed
/// any         Failed        Failed     Failed     Failed     Failed
/// any         Migrated      -          -          -          -
/// </code>
/// Succeeded and Failed never change again. A guest whose end nobody saw (its host or agent was away) shut down if it
/// had been asked to and had time left, and failed otherwise.
/// </remarks>
public static class VirtualMachineInstancePhases
{
    /// <summary>True when an instance in this phase has ended.</summary>
    public static bool IsFinal(Phase? phase) => phase is Phase.Succeeded or Phase.Failed;

    /// <summary>The next phase.</summary>
    /// <param name="phase">The phase now.</param>
    /// <param name="guest">What the hypervisor says.</param>
    /// <param name="stop">Whether the end was asked for.</param>
    public static Phase Next(Phase phase, GuestState guest, StopProgress stop) =>
        (phase, guest, stop) switch
        {
            (Phase.Succeeded or Phase.Failed, _, _) or (_, GuestState.Migrated, _) => phase,
            (_, GuestState.Alive, _) => Phase.Running,
            (Phase.Running or Phase.Unknown, GuestState.Absent, Asked or AtOnce) => Phase.Succeeded,
            (Phase.Running or Phase.Unknown, GuestState.Absent, _) => Phase.Failed,
            (_, GuestState.Absent, NotAsked) => phase,
            (_, GuestState.Absent, _) => Phase.Failed,
            (_, GuestState.ShutDown or GuestState.Saved or GuestState.FromSnapshot, _) => Phase.Succeeded,
            (_, GuestState.Destroyed, AtOnce) => Phase.Succeeded,
            (_, GuestState.Destroyed or GuestState.Crashed or GuestState.Failed, _) => Phase.Failed,
            var row => throw new InvalidOperationException($"No row for {row}."),
        };
}
