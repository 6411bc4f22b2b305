using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Decides where the instance type or the preference of a machine is read from.</summary>
/// <remarks>
/// <code>
/// revisionName in spec    copy in status       read
/// given                   any                  the copy of that name, which must be of the object that is named
/// none                    of the same object   that copy; where somebody removed it, the object as it is now
/// none                    none, or of another  the object as it is now
/// </code>
/// So a change of the name alone moves a machine to another object, and an edit of an object moves no machine.
/// </remarks>
public static class ReferencePlan
{
    /// <summary>What to do about one reference.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="role">Which of its references.</param>
    /// <param name="inUse">
    /// The copy that <see cref="InstanceTypeRevisions.InUse"/> names; null when it names none, or there is none.
    /// </param>
    /// <param name="labelsOf">The labels of an image, by its full name; null when no host knows it.</param>
    public static ReferenceStep Decide(
        VirtualMachine machine,
        MatcherRole role,
        ControllerRevision? inUse,
        Func<string, IReadOnlyDictionary<string, string>?> labelsOf
    )
    {
        var reference = InStatus(machine.Status, role);
        if (MachineMatcher.Of(machine.Spec, role) is not { } matcher)
        {
            return new ReferenceStep.Nothing(null);
        }

        if (matcher.RevisionName is { } pinned)
        {
            return Pinned(matcher, pinned, inUse);
        }

        if (inUse is not null && InstanceTypeRevisions.IsMeant(matcher, reference))
        {
            return Use(matcher, inUse, reference! with { InferFromVolumeFailurePolicy = matcher.FailurePolicy });
        }

        return matcher.InferFromVolume is null
            ? Named(machine, matcher)
            : Inferred(machine, matcher, reference, labelsOf);
    }

    /// <summary>What status says of a reference; null when it says nothing.</summary>
    public static InstancetypeStatusRef? InStatus(VirtualMachineStatus? status, MatcherRole role) =>
        role is MatcherRole.Instancetype ? status?.InstancetypeRef : status?.PreferenceRef;

    private static ReferenceStep Pinned(MachineMatcher matcher, string pinned, ControllerRevision? revision)
    {
        var field = $"{matcher.Path}.revisionName";
        var (kind, name) = (
            revision?.Metadata.Labels?.GetValueOrDefault(InstanceTypeRevisions.KindLabel),
            revision?.Metadata.Labels?.GetValueOrDefault(InstanceTypeRevisions.NameLabel)
        );
        if (revision is null)
        {
            return new ReferenceStep.Refuse(
                FieldError.NotFound(
                    field,
                    $"controllerrevisions.apps \"{pinned}\" not found: name one that is kept for this machine, or none"
                ),
                MayCome: true
            );
        }

        return matcher.Name is { } named && !InstanceTypeRevisions.IsOf(revision, matcher.Kind?.Kind ?? "", named)
            ? new ReferenceStep.Refuse(
                FieldError.Invalid(
                    field,
                    $"{field} '{pinned}' is of {kind ?? "no kind"} {name}, and {matcher.Path} names "
                        + $"{matcher.Kind?.Kind} {named}: name a revision of that, or none"
                )
            )
            : Use(
                matcher,
                revision,
                InstanceTypeRevisions.ReferenceTo(matcher, kind ?? "", matcher.Name ?? name ?? "", pinned)
            );
    }

    private static ReferenceStep Use(
        MachineMatcher matcher,
        ControllerRevision revision,
        InstancetypeStatusRef reference
    )
    {
        var holds =
            matcher.Role is MatcherRole.Instancetype
                ? InstanceTypeRevisions.InstancetypeIn(revision) is not null
                : InstanceTypeRevisions.PreferenceIn(revision) is not null;
        return holds
            ? new ReferenceStep.UseRevision(revision, reference)
            : new ReferenceStep.Refuse(
                FieldError.Invalid(
                    $"{matcher.Path}.revisionName",
                    $"ControllerRevision {revision.Metadata.Name} holds no {matcher.Kind?.Kind} that can be read: name "
                        + "another one, or none"
                )
            );
    }

    private static ReferenceStep Inferred(
        VirtualMachine machine,
        MachineMatcher matcher,
        InstancetypeStatusRef? reference,
        Func<string, IReadOnlyDictionary<string, string>?> labelsOf
    )
    {
        // What a volume said once holds, also that it said nothing: a guest does not change because an image came.
        if (InstanceTypeRevisions.IsMeant(matcher, reference))
        {
            return string.IsNullOrEmpty(reference!.Name)
                ? new ReferenceStep.Nothing(reference)
                : Named(machine, matcher with { Name = reference.Name, KindWord = reference.Kind });
        }

        var inferred = InferredMatchers.Of(matcher, machine.Spec.Template.Spec, labelsOf);
        return inferred switch
        {
            { Error: { } error } => new ReferenceStep.Refuse(error),
            { Matcher: { } found } => Named(machine, found),
            _ => new ReferenceStep.Nothing(
                new()
                {
                    InferFromVolume = matcher.InferFromVolume,
                    InferFromVolumeFailurePolicy = matcher.FailurePolicy,
                }
            ),
        };
    }

    private static ReferenceStep Named(VirtualMachine machine, MachineMatcher matcher) =>
        matcher.Kind is not { } kind
            ? new ReferenceStep.Refuse(FieldError.Invalid($"{matcher.Path}.kind", matcher.UnknownKind))
            : new ReferenceStep.UseObject(
                matcher,
                kind,
                kind.IsNamespaced ? machine.Metadata.Namespace : null,
                matcher.Name ?? ""
            );
}
