namespace Vireo.Rules;

/// <summary>What a transition does to one virtual machine that it has not changed yet. The list is closed.</summary>
public abstract record TransitionDecision
{
    private TransitionDecision() { }

    /// <summary>It stays as it is.</summary>
    /// <param name="Outcome">Unchanged when it needs nothing, Refused when it must not move.</param>
    /// <param name="Reason">Why, in one word.</param>
    /// <param name="Message">Why, for a person.</param>
    /// <param name="From">The type in effect; null when that is not known.</param>
    public sealed record Leave(string Outcome, string Reason, string Message, string? From) : TransitionDecision;

    /// <summary>Its template gets another type.</summary>
    /// <param name="From">The type in effect before.</param>
    /// <param name="To">The new type.</param>
    /// <param name="NeedsLabel">True when its guest runs with another type, and gets the new one at its restart.</param>
    /// <param name="NeedsRestart">True when the transition is to restart it.</param>
    public sealed record Change(string From, string To, bool NeedsLabel, bool NeedsRestart) : TransitionDecision;
}
