namespace Vireo.Rules;

/// <summary>How a changed field comes to hold for a guest that runs.</summary>
public enum FieldEffect
{
    /// <summary>Only when the guest is started anew.</summary>
    Restart,

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
public sealed record FieldChange(string Path, FieldEffect Effect);

/// <summary>All that differs between a running instance and what is wanted. Empty when nothing does.</summary>
/// <param name="Changes">Field by field, in the order of the fields.</param>
public sealed record UpdatePlan(IReadOnlyList<FieldChange> Changes)
{
    /// <summary>Nothing differs.</summary>
    public static UpdatePlan Empty { get; } = new([]);

    /// <summary>The fields that wait for a restart.</summary>
    public IReadOnlyList<string> ForRestart =>
        [.. Changes.Where(change => change.Effect is FieldEffect.Restart).Select(change => change.Path)];
}
