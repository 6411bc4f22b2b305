using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>All that the next step of the host depends on that a guest comes to.</summary>
internal sealed record TargetView
{
    /// <summary>The instance, whose last move is or was to this host.</summary>
    public required VirtualMachineInstance Instance { get; init; }

    /// <summary>This host.</summary>
    public required string Node { get; init; }

    /// <summary>Where other agents reach this one.</summary>
    public required string Endpoint { get; init; }

    /// <summary>How the guest stands here.</summary>
    public GuestStand Here { get; init; } = new(GuestPlace.Absent);

    /// <summary>True when its disks are ready here, and the door is open to it.</summary>
    public bool IsPrepared { get; init; }

    /// <summary>Why it cannot be made ready; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>True when this host still has a folder for it.</summary>
    public bool HasFolder { get; init; }

    /// <summary>How the guest stands on the other host; null before it was asked.</summary>
    public GuestPlace? There { get; init; }

    /// <summary>Since when it has been seen to run here, unclaimed; null when it does not.</summary>
    public DateTimeOffset? RunsSince { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>What the host does next that a guest comes to. The list is closed.</summary>
internal abstract record TargetStep
{
    private TargetStep() { }

    /// <summary>Nothing.</summary>
    internal sealed record None : TargetStep;

    /// <summary>Look again after a while.</summary>
    internal sealed record Wait : TargetStep;

    /// <summary>Ask the other host how the guest stands there, and plan again.</summary>
    internal sealed record Ask : TargetStep;

    /// <summary>Make the guest's disks ready.</summary>
    internal sealed record Prepare : TargetStep;

    /// <summary>Tell where the guest is taken in.</summary>
    internal sealed record Invite : TargetStep;

    /// <summary>Tell that the guest cannot be taken in.</summary>
    internal sealed record Fail(string Reason) : TargetStep;

    /// <summary>Tell that the guest runs here, which the other host does not.</summary>
    internal sealed record Claim : TargetStep;

    /// <summary>End the domain: the guest runs on the other host, or nowhere is it to run.</summary>
    internal sealed record Discard : TargetStep;

    /// <summary>Remove the guest's folder.</summary>
    internal sealed record Release : TargetStep;
}

/// <summary>Decides what the host does that a guest comes to. Pure.</summary>
/// <remarks>
/// A guest runs here only when it stands still on the other host, which goes on only after it asked (see
/// <see cref="LastWord"/>). So a guest that runs here is
/// this host's, unless the other one says that it runs there; and one that stands still here is not, as long as its
/// move is under way or failed.
/// <code>
/// unbound, runs here \ there   Unknown  Absent  Running  Paused   Halted
/// under way, a while           Claim    Claim   Discard  Discard  Claim
/// ended                        Wait     Claim   Discard  Discard  Wait
/// </code>
/// </remarks>
internal static class TargetPlan
{
    /// <summary>How long the other host has to tell that a guest has left it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The next step.</summary>
    public static TargetStep Next(TargetView view) =>
        view.Instance.Status switch
        {
            null => new TargetStep.None(),
            { } status when status.NodeName == view.Node => new TargetStep.None(),
            { } status when VirtualMachineInstancePhases.IsFinal(status.Phase) => Clear(view),
            _ when !Moves.IsArriving(view.Instance, view.Node) => Ended(view),
            { MigrationState: { } state } => Arriving(view, state),
            _ => new TargetStep.None(),
        };

    private static TargetStep Arriving(TargetView view, VirtualMachineInstanceMigrationState state) =>
        view switch
        {
            { Here.Place: GuestPlace.Running or GuestPlace.Paused } => Took(view),
            { Here.Place: not GuestPlace.Absent } => new TargetStep.Wait(),
            { Fault: { } fault } when state.StartTimestamp is null => new TargetStep.Fail(fault),
            { IsPrepared: false } when state.StartTimestamp is null => new TargetStep.Prepare(),
            { IsPrepared: true } when state.TargetNodeAddress != view.Endpoint && state.StartTimestamp is null =>
                new TargetStep.Invite(),
            _ => new TargetStep.None(),
        };

    private static TargetStep Took(TargetView view) =>
        view.Now - (view.RunsSince ?? view.Now) < Patience
            ? new TargetStep.Wait()
            : view.There switch
            {
                null => new TargetStep.Ask(),
                GuestPlace.Running or GuestPlace.Paused => new TargetStep.Discard(),
                _ => new TargetStep.Claim(),
            };

    /// <summary>The move was given up, or another one was begun.</summary>
    private static TargetStep Ended(TargetView view) =>
        view.Here.Place switch
        {
            GuestPlace.Running or GuestPlace.Paused => view.There switch
            {
                null => new TargetStep.Ask(),
                GuestPlace.Running or GuestPlace.Paused => new TargetStep.Discard(),
                GuestPlace.Absent => new TargetStep.Claim(),
                _ => new TargetStep.Wait(),
            },
            _ => Clear(view),
        };

    private static TargetStep Clear(TargetView view) =>
        view.Here.Place switch
        {
            GuestPlace.Unknown => new TargetStep.Wait(),
            GuestPlace.Absent => view.HasFolder ? new TargetStep.Release() : new TargetStep.None(),
            _ => new TargetStep.Discard(),
        };
}
