using Vireo.Api;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>What one run of a transition does.</summary>
public sealed record TransitionRunOptions
{
    /// <summary>Which machines move, where to and how fast. Paused, cancelled and rollbackOf name objects of Vireo's
    /// own server: paused and cancelled are not read; rollbackOf is the <see cref="Name"/> of an earlier run.</summary>
    public required MachineTypeTransitionSpec Spec { get; init; }

    /// <summary>What the run is called in the annotation of each machine it changes: rollbackOf names it.</summary>
    public string Name { get; init; } = "machine-type-transition";

    /// <summary>
    /// Tells this run from others: one that is started again with the id of a run that broke off goes on where that
    /// one was. Null for a run of its own.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>
    /// True to stay until the owners of all labelled machines have restarted them, and take the labels off then. On
    /// Vireo's own server its controllers do that.
    /// </summary>
    public bool WaitForRestarts { get; init; }

    /// <summary>After this a machine that was restarted and does not run counts as failed.</summary>
    public TimeSpan RestartTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many machines are changed at the same time.</summary>
    public int Parallel { get; init; } = 8;
}
