using System.Xml.Linq;
using Vireo.Api;

namespace Vireo.Agent;

/// <summary>Moves running guests between this host and another, one call each.</summary>
/// <remarks>
/// Methods throw <see cref="HypervisorException"/> when the hypervisor refuses, fails or does not answer. The
/// hypervisors of both hosts talk to each other by streams that the agents carry: <see cref="OpenAsync"/> is their end
/// on the host that the guest comes to, <see cref="SocketOf"/> is where they begin on the host that it leaves.
/// </remarks>
internal interface IGuestMoves
{
    /// <summary>How a guest stands on this host.</summary>
    Task<GuestStand> LookAsync(DomainId id, CancellationToken ct);

    /// <summary>The guest as another host is told; null when it is gone.</summary>
    Task<XElement?> DescribeAsync(DomainId id, CancellationToken ct);

    /// <summary>Moves a guest away. Returns when it runs on the other host and is gone from this one.</summary>
    Task MoveAsync(DomainId id, GuestMove move, CancellationToken ct);

    /// <summary>How far the move is that is under way; null when none is.</summary>
    Task<MoveProgress?> ProgressAsync(DomainId id, CancellationToken ct);

    /// <summary>How the last move away went; null when it is not known. It is told once.</summary>
    MoveProgress? TakeResult(DomainId id);

    /// <summary>Ends the move that is under way; the guest stays. Does nothing when none is.</summary>
    Task AbortAsync(DomainId id, CancellationToken ct);

    /// <summary>Changes how the move that is under way comes to its end.</summary>
    Task HastenAsync(DomainId id, MoveHaste haste, CancellationToken ct);

    /// <summary>How long the guest may stand still at the end of the move that is under way.</summary>
    Task LimitDowntimeAsync(DomainId id, TimeSpan most, CancellationToken ct);

    /// <summary>Where the hypervisor of this host finds a channel of a move that begins here.</summary>
    MoveSocket SocketOf(string migrationUid, MoveChannel channel);

    /// <summary>The end of a channel of a move that comes here.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    Task<Stream> OpenAsync(string migrationUid, MoveChannel channel, CancellationToken ct);

    /// <summary>Removes what channels left on this host.</summary>
    void Forget(string migrationUid);
}

/// <summary>What the hypervisors of two hosts tell each other by, and send.</summary>
internal enum MoveChannel
{
    /// <summary>They agree on what is done.</summary>
    Control,

    /// <summary>The guest's memory and the state of its devices.</summary>
    Memory,

    /// <summary>The guest's disks.</summary>
    Disks,
}

/// <summary>A socket, by the names that two see it by.</summary>
/// <param name="Path">Where the agent finds it.</param>
/// <param name="Known">Where the hypervisor finds it.</param>
internal sealed record MoveSocket(string Path, string Known);

/// <summary>How a guest stands on one host.</summary>
/// <param name="Place">Whether it is there and runs.</param>
/// <param name="IsMoving">True while the hypervisor moves it, either way.</param>
internal sealed record GuestStand(GuestPlace Place, bool IsMoving = false);

/// <summary>Whether a guest is on a host and runs. The names are what agents tell each other.</summary>
internal enum GuestPlace
{
    /// <summary>It is not known.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is there and paused, because somebody wanted that.</summary>
    Paused,

    /// <summary>It is there and stands still for a move: not all of it has come, or all of it was sent.</summary>
    Halted,
}

/// <summary>What is wanted of a move.</summary>
/// <param name="Domain">The guest as the other host is to have it.</param>
/// <param name="MigrationUid">Names the channels.</param>
internal sealed record GuestMove(XElement Domain, string MigrationUid)
{
    /// <summary>The disks that are sent, by the names of their devices.</summary>
    public IReadOnlyList<string> SentDisks { get; init; } = [];

    /// <summary>True when the other host has what is below the disks that are sent: only the top is.</summary>
    public bool SendsChangesOnly { get; init; }

    /// <summary>True when there are disks that both hosts have.</summary>
    public bool SharesDisks { get; init; }

    /// <summary>Bytes a second at most; 0 for no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>True to slow a guest down that changes memory faster than it moves.</summary>
    public bool MaySlowDown { get; init; }

    /// <summary>True to let the guest stand still while its memory is sent, and not only at the end.</summary>
    public bool StandsStill { get; init; }

    /// <summary>
    /// True when <see cref="MoveHaste.PostCopy"/> may be wanted later; not of a guest that stands still.
    /// </summary>
    public bool MayPostCopy { get; init; }
}

/// <summary>What brings a move to its end that would not end.</summary>
internal enum MoveHaste
{
    /// <summary>The guest runs on the other host before all its memory is there.</summary>
    PostCopy,

    /// <summary>The guest stands still until all is there.</summary>
    Pause,
}

/// <summary>How far a move is.</summary>
/// <param name="Progress">As it is told.</param>
/// <param name="BytesLeft">Memory and disks that are left.</param>
internal sealed record MoveProgress(MigrationProgress Progress, long BytesLeft);
