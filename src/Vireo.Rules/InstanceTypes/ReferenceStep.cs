using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How one of a machine's references is followed. The list is closed.</summary>
public abstract record ReferenceStep
{
    private ReferenceStep() { }

    /// <summary>There is nothing to follow: no matcher, or a volume that names nothing and need not.</summary>
    /// <param name="Reference">What status is to say of it.</param>
    public sealed record Nothing(InstancetypeStatusRef? Reference) : ReferenceStep;

    /// <summary>The kept copy is used.</summary>
    /// <param name="Revision">The copy.</param>
    /// <param name="Reference">What status is to say of it.</param>
    public sealed record UseRevision(ControllerRevision Revision, InstancetypeStatusRef Reference) : ReferenceStep;

    /// <summary>The object is used as it is now; whoever acts on it keeps a copy.</summary>
    /// <param name="Matcher">The matcher, with what was inferred written out.</param>
    /// <param name="Kind">The object's kind.</param>
    /// <param name="Namespace">The object's namespace; null for an object of the cluster.</param>
    /// <param name="Name">The object's name.</param>
    public sealed record UseObject(MachineMatcher Matcher, ResourceKind Kind, string? Namespace, string Name)
        : ReferenceStep
    {
        /// <summary>What to say when it is not there.</summary>
        public FieldError Missing =>
            FieldError.NotFound(
                Matcher.Path,
                $"{Kind.Plural}.{Kind.Group} \"{Name}\" not found: create it, or name another in {Matcher.Path}"
            );
    }

    /// <summary>It cannot be followed.</summary>
    /// <param name="Error">Why not, and what to do.</param>
    /// <param name="MayCome">
    /// True when something is not there yet: machines that are brought back from a backup may come before their copies.
    /// </param>
    public sealed record Refuse(FieldError Error, bool MayCome = false) : ReferenceStep;
}
