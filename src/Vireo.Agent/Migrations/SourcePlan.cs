using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>All that the next step of the host depends on that a guest leaves.</summary>
internal sealed record SourceView
{
    /// <summary>The instance, whose last move is or was away from this host.</summary>
    public required VirtualMachineInstance Instance { get; init; }

    /// <summary>This host.</summary>
    public required string Node { get; init; }

    /// <summary>How the guest stands here.</summary>
    public GuestStand Here { get; init; } = new(GuestPlace.Absent);

    /// <summary>How its domain ended here; null while it is here, or when that is not known.</summary>
    public GuestEnd? End { get; init; }

    /// <summary>True when this agent has begun the move, whether or not that is told yet.</summary>
    public bool HasBegun { get; init; }

    /// <summary>True while this agent carries out the move.</summary>
    public bool IsRunning { get; init; }

    /// <summary>
    /// Why the move that this agent carried out failed; null when it did not, or another agent did it.
    /// </summary>
    public string? Fault { get; init; }

    /// <summary>How the guest stands on the other host; null before it was asked.</summary>
    public GuestPlace? There { get; init; }
}

/// <summary>What the host does next that a guest leaves. The list is closed.</summary>
internal abstract record SourceStep
{
    private SourceStep() { }

    /// <summary>Nothing.</summary>
    internal sealed record None : SourceStep;

    /// <summary>Look again after a while.</summary>
    internal sealed record Wait : SourceStep;

    /// <summary>Ask the other host how the guest stands there, and plan again.</summary>
    internal sealed record Ask : SourceStep;

    /// <summary>Move the guest.</summary>
    internal sealed record Begin : SourceStep;

    /// <summary>End the move that is under way.</summary>
    internal sealed record Abort : SourceStep;

    /// <summary>Tell that the guest stays.</summary>
    internal sealed record Fail(string Reason) : SourceStep;

    /// <summary>Tell that the guest runs on the other host.</summary>
    internal sealed record Complete : SourceStep;

    /// <summary>Let the guest go on here: it was sent, and the other host does not have it.</summary>
    internal sealed record Resume : SourceStep;

    /// <summary>Remove the domain that was sent and stayed behind: the guest runs on the other host.</summary>
    internal sealed record Destroy : SourceStep;

    /// <summary>Remove the guest's folder.</summary>
    internal sealed record Release : SourceStep;
}

/// <summary>Decides what the host does that a guest leaves. Pure.</summary>
/// <remarks>
/// What libvirt has is the truth: a guest that runs here did not leave, one whose domain ended as migrated did. Where
/// this host cannot know, the other one is asked, and nothing is done until it answers. A domain is ended here only
/// when the other host says that the guest runs there.
/// <code>
/// begun, no longer carried out: here \ there   Unknown  Absent   Running   Paused    Halted
/// Running                                      Fail     Fail     Fail      Fail      Fail
/// Paused                                       Fail     Fail     Fail      Fail      Fail
/// Halted                                       Wait     Resume   Complete  Complete  Wait
/// Absent                                       Wait     Fail     Complete  Complete  Wait
/// </code>
/// </remarks>
internal static class SourcePlan
{
    private const string AgentRestarted =
        "The agent of the guest's host was restarted while the guest moved; the guest runs on where it was. Try again.";

    private const string Cancelled = "The migration was cancelled before the guest began to move.";

    /// <summary>The next step.</summary>
    public static SourceStep Next(SourceView view) =>
        view.Instance.Status is { MigrationState: { } state } status && state.SourceNode == view.Node
            ? status.NodeName == view.Node
                ? Moves.UnderWay(view.Instance) is null
                    ? new SourceStep.None()
                    : Leaving(view, state)
                : HasLeft(view)
            : new SourceStep.None();

    private static SourceStep Leaving(SourceView view, VirtualMachineInstanceMigrationState state) =>
        (view.IsRunning, IsUnwanted(view.Instance, state)) switch
        {
            (true, true) => new SourceStep.Abort(),
            (true, false) => new SourceStep.Wait(),
            _ when state.StartTimestamp is not null || view.HasBegun => Judge(view),
            (_, true) => new SourceStep.Fail(Cancelled),
            _ when state.TargetNodeAddress is null => new SourceStep.None(),
            _ when view.Here.Place is GuestPlace.Running or GuestPlace.Paused => new SourceStep.Begin(),
            _ => new SourceStep.Fail("The guest does not run on its host."),
        };

    /// <summary>Nobody carries the move out any more: where is the guest?</summary>
    private static SourceStep Judge(SourceView view) =>
        (view.Here.Place, view.There) switch
        {
            // An earlier agent's move, cut off from the other host, that libvirt has not given up yet.
            ({ } place, _) when view.Here.IsMoving && place is not GuestPlace.Absent => new SourceStep.Abort(),
            (GuestPlace.Running or GuestPlace.Paused, _) => new SourceStep.Fail(view.Fault ?? AgentRestarted),
            (GuestPlace.Absent, _) when view.End?.State == GuestState.Migrated => new SourceStep.Complete(),
            (GuestPlace.Absent or GuestPlace.Halted, null) => new SourceStep.Ask(),
            (GuestPlace.Absent or GuestPlace.Halted, GuestPlace.Running or GuestPlace.Paused) =>
                new SourceStep.Complete(),
            (GuestPlace.Absent, GuestPlace.Absent) => new SourceStep.Fail(
                view.Fault ?? "The guest ended while it moved."
            ),
            (GuestPlace.Halted, GuestPlace.Absent) => new SourceStep.Resume(),
            _ => new SourceStep.Wait(),
        };

    /// <summary>The guest is bound to another host: nothing of it may stay here.</summary>
    private static SourceStep HasLeft(SourceView view) =>
        (view.Here.Place, view.There) switch
        {
            _ when view.IsRunning => new SourceStep.Wait(),
            (GuestPlace.Absent, _) => new SourceStep.Release(),
            (GuestPlace.Unknown, _) => new SourceStep.Wait(),
            (_, null) => new SourceStep.Ask(),
            (_, GuestPlace.Running or GuestPlace.Paused) => new SourceStep.Destroy(),
            _ => new SourceStep.Wait(),
        };

    private static bool IsUnwanted(VirtualMachineInstance instance, VirtualMachineInstanceMigrationState state) =>
        state.AbortRequested == true
        || instance.Metadata.DeletionTimestamp is not null
        || VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase);
}
