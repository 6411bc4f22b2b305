using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What one reference of a machine led to.</summary>
/// <param name="Reference">What status is to say of it; null when nothing, or when a copy is still to be kept.</param>
/// <param name="Kept">The copy that is used; null when none is.</param>
/// <param name="Used">The object that is used as it is now; null when a copy is used, or nothing.</param>
/// <param name="Matcher">How the machine refers to that object, with what was inferred written out.</param>
/// <param name="Error">Why it led nowhere; null when it did not.</param>
public sealed record FollowedReference(
    InstancetypeStatusRef? Reference = null,
    ControllerRevision? Kept = null,
    IResource? Used = null,
    MachineMatcher? Matcher = null,
    FieldError? Error = null
)
{
    /// <summary>True when it led nowhere because what it names is not there, and may come.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The instance type; null when it led to none.</summary>
    public VirtualMachineInstancetypeSpec? Instancetype =>
        Kept is null ? InstanceTypeRevisions.InstancetypeOf(Used) : InstanceTypeRevisions.InstancetypeIn(Kept);

    /// <summary>The preference; null when it led to none.</summary>
    public VirtualMachinePreferenceSpec? Preference =>
        Kept is null ? InstanceTypeRevisions.PreferenceOf(Used) : InstanceTypeRevisions.PreferenceIn(Kept);
}
