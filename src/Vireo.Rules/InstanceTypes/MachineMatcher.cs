using Vireo.Api;

namespace Vireo.Rules;

/// <summary>
/// <c>spec.instancetype</c> or <c>spec.preference</c> of a machine: the two have the same fields and follow the same
/// rules.
/// </summary>
/// <param name="Role">Which of the two.</param>
/// <param name="Name">The object's name; null when a volume names it.</param>
/// <param name="KindWord">The object's kind as it was written; null when it was not.</param>
/// <param name="RevisionName">The kept revision that is to be used; null when none is pinned.</param>
/// <param name="InferFromVolume">The volume whose labels name the object; null when none is to.</param>
/// <param name="FailurePolicy">Reject or Ignore, as it was written; null when it was not.</param>
public sealed record MachineMatcher(
    MatcherRole Role,
    string? Name,
    string? KindWord,
    string? RevisionName,
    string? InferFromVolume,
    string? FailurePolicy
)
{
    /// <summary>The path of the matcher: <c>spec.instancetype</c>.</summary>
    public string Path => Role is MatcherRole.Instancetype ? "spec.instancetype" : "spec.preference";

    /// <summary>The kind of the object; null when the word means none.</summary>
    public ResourceKind? Kind => InstanceTypeKinds.Of(Role, KindWord);

    /// <summary>True to go on without the object when the volume names none.</summary>
    public bool IgnoresFailure => FailurePolicy == "Ignore";

    /// <summary>The matcher of a machine's instance type; null when there is none.</summary>
    public static MachineMatcher? Of(InstancetypeMatcher? matcher) =>
        matcher is null
            ? null
            : Of(
                MatcherRole.Instancetype,
                matcher.Name,
                matcher.Kind,
                matcher.RevisionName,
                matcher.InferFromVolume,
                matcher.InferFromVolumeFailurePolicy
            );

    /// <summary>The matcher of a machine's preference; null when there is none.</summary>
    public static MachineMatcher? Of(PreferenceMatcher? matcher) =>
        matcher is null
            ? null
            : Of(
                MatcherRole.Preference,
                matcher.Name,
                matcher.Kind,
                matcher.RevisionName,
                matcher.InferFromVolume,
                matcher.InferFromVolumeFailurePolicy
            );

    /// <summary>A machine's matcher of a role; null when it has none.</summary>
    public static MachineMatcher? Of(VirtualMachineSpec spec, MatcherRole role) =>
        role is MatcherRole.Instancetype ? Of(spec.Instancetype) : Of(spec.Preference);

    /// <summary>
    /// What is wrong with the matcher by itself. Whether the object is there is another question: a machine may come
    /// before its instance type.
    /// </summary>
    public IEnumerable<FieldError> Check()
    {
        var word = Role is MatcherRole.Instancetype ? "InstancetypeMatcher" : "PreferenceMatcher";
        if (Name is null && InferFromVolume is null)
        {
            yield return FieldError.NotFound(
                Path,
                $"Either Name or InferFromVolume should be provided within the {word}"
            );
        }

        if (InferFromVolume is not null && Name is not null)
        {
            yield return FieldError.Invalid(
                $"{Path}.name",
                $"Name should not be provided when InferFromVolume is used within the {word}"
            );
        }

        if (InferFromVolume is not null && KindWord is not null)
        {
            yield return FieldError.Invalid(
                $"{Path}.kind",
                $"Kind should not be provided when InferFromVolume is used within the {word}"
            );
        }

        if (Kind is null)
        {
            yield return FieldError.Invalid($"{Path}.kind", UnknownKind);
        }
    }

    /// <summary>What to say when the kind is none.</summary>
    public string UnknownKind =>
        $"got unexpected kind in matcher: {KindWord}. Use one of "
        + $"{string.Join(", ", InstanceTypeKinds.KindsOf(Role).Select(kind => kind.Kind))}, or leave it out for the "
        + "cluster's.";

    /// <summary>Clients clear a field with an empty string as well as with null.</summary>
    private static MachineMatcher Of(
        MatcherRole role,
        string? name,
        string? kind,
        string? revision,
        string? volume,
        string? policy
    ) => new(role, Given(name), Given(kind), Given(revision), Given(volume), Given(policy));

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
