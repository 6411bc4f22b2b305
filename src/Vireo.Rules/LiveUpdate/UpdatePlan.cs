namespace Vireo.Rules;

/// <summary>How a changed field comes to hold for a guest that runs.</summary>
public enum FieldEffect
{
    /// <summary>Only when the guest is started anew.</summary>
    Restart,

    /// <summary>While the guest runs: where it is, or by its move to another host.</summary>
    Live,

    /// <summary>While the guest runs, but not yet: something else must end first.</summary>
    Held,

    /// <summary>Written to the instance at once, for the next time a host is chosen for it. The guest notices nothing.
    /// </summary>
    NextPlacement,

    /// <summary>
    /// When the guest is started anew; whether that is needed is for the record of its machine type to say, which knows
    /// what the guest really has.
    /// </summary>
    Recorded,
}

/// <summary>A field in which a running instance differs from what is wanted.</summary>
/// <param name="Path">
/// Below the instance's spec, with the name of an element where its list has names, or its index:
/// <c>domain.devices.disks[root].bootOrder</c>. An element that came or went is named itself.
/// </param>
/// <param name="Effect">How it comes to hold.</param>
public sealed record FieldChange(string Path, FieldEffect Effect)
{
    /// <summary>Why it takes a restart though others do not, or what it waits for; null when the path says enough.
    /// </summary>
    public string? Why { get; init; }

    /// <summary>What the instance has, of a field that can change while it runs.</summary>
    public string? From { get; init; }

    /// <summary>What it is to have, of a field that can change while it runs.</summary>
    public string? To { get; init; }
}

/// <summary>All that differs between a running instance and what is wanted. Empty when nothing does.</summary>
/// <param name="Changes">Field by field, in the order of the fields.</param>
public sealed record UpdatePlan(IReadOnlyList<FieldChange> Changes)
{
    private const string VcpusHeld = "HotPlugCPUError";
    private const string MemoryHeld = "HotPlugMemoryError";
    private const string PlacementHeld = "AffinityChangeError";

    /// <summary>Nothing differs.</summary>
    public static UpdatePlan Empty { get; } = new([]);

    /// <summary>The fields that wait for a restart.</summary>
    public IReadOnlyList<string> ForRestart => [.. With(FieldEffect.Restart).Select(change => change.Path)];

    /// <summary>The fields that change while the guest runs.</summary>
    public IReadOnlyList<string> Live => [.. With(FieldEffect.Live).Select(change => change.Path)];

    /// <summary>True when the instance can be brought to all that is wanted, at once.</summary>
    public bool ReachesAll => Changes.All(change => change.Effect is not (FieldEffect.Restart or FieldEffect.Held));

    /// <summary>What keeps a field from changing now though it could; null when nothing does.</summary>
    public SyncFailure? Failure =>
        With(FieldEffect.Held).FirstOrDefault(change => change.Why is not null) switch
        {
            null => null,
            { Path: SocketsUpdate.Path, Why: { } why } => new(
                VcpusHeld,
                $"Error encountered while handling CPU change request: {why}"
            ),
            { Path: MemoryUpdate.Path, Why: { } why } => new(
                MemoryHeld,
                $"Error encountered while handling memory change request: {why}"
            ),
            { Why: var why } => new(PlacementHeld, why!),
        };

    /// <summary>True for the reason of a <see cref="Failure"/>: the change is made once what keeps it is over.</summary>
    internal static bool IsHeld(string? reason) => reason is VcpusHeld or MemoryHeld or PlacementHeld;

    internal IEnumerable<FieldChange> With(FieldEffect effect) => Changes.Where(change => change.Effect == effect);
}
