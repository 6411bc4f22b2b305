namespace Vireo.Runtime;

/// <summary>What one pass of a reconciler came to. Each case maps to one action of the work queue.</summary>
public abstract record Outcome
{
    private Outcome() { }

    /// <summary>All is as wanted: forget the key until something changes.</summary>
    public static Outcome Settled { get; } = new SettledCase();

    /// <summary>A step was made: look again at once.</summary>
    public static Outcome Progressed { get; } = new ProgressedCase();

    /// <summary>Nothing to do now: wait for something, and look again after a while.</summary>
    /// <param name="On">What is waited for; shown to the user.</param>
    /// <param name="RecheckAfter">When to look again if nothing tells of a change.</param>
    public sealed record Waiting(string On, TimeSpan RecheckAfter) : Outcome;

    /// <summary>It did not work but may later: look again after a pause that grows.</summary>
    /// <param name="Reason">Why, in one CamelCase word.</param>
    /// <param name="Message">Why, for a person.</param>
    public sealed record Failed(string Reason, string Message) : Outcome;

    /// <summary>It cannot work until the object changes.</summary>
    /// <param name="Reason">Why, in one CamelCase word.</param>
    /// <param name="Message">Why, for a person.</param>
    public sealed record Blocked(string Reason, string Message) : Outcome;

    private sealed record SettledCase : Outcome;

    private sealed record ProgressedCase : Outcome;
}
