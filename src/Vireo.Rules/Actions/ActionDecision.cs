using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Why an action is refused: each is an HTTP status of its own.</summary>
public enum ActionRefusal
{
    /// <summary>400: what was asked makes no sense, whatever the state.</summary>
    BadRequest,

    /// <summary>403: it is never allowed for this object.</summary>
    Forbidden,

    /// <summary>404: the object is not there.</summary>
    NotFound,

    /// <summary>409: it does not fit the state that the object is in.</summary>
    Conflict,
}

/// <summary>What an action comes to. The list is closed.</summary>
public abstract record ActionDecision
{
    private ActionDecision() { }

    /// <summary>Nothing is done.</summary>
    /// <param name="Why">In one word.</param>
    /// <param name="Message">For a person: without the envelope that names the object.</param>
    public sealed record Refuse(ActionRefusal Why, string Message) : ActionDecision;

    /// <summary>All is as asked already, or will be by what is under way.</summary>
    public sealed record Nothing : ActionDecision;

    /// <summary>The virtual machine becomes this, in one write of its spec and its status together.</summary>
    /// <param name="Machine">The virtual machine as it was read, with what changes.</param>
    /// <param name="GracePeriod">
    /// Where given, its instance's <c>terminationGracePeriodSeconds</c> is set to it first.
    /// </param>
    /// <param name="SavesDisks">
    /// True when its instance is told first that its disks are to be saved when it has ended.
    /// </param>
    public sealed record ChangeMachine(VirtualMachine Machine, long? GracePeriod = null, bool SavesDisks = false)
        : ActionDecision;

    /// <summary>Only the instance's <c>terminationGracePeriodSeconds</c> changes.</summary>
    /// <param name="GracePeriod">The new value.</param>
    public sealed record ShortenGrace(long GracePeriod) : ActionDecision;

    /// <summary>An instance is made.</summary>
    /// <param name="Instance">The instance.</param>
    /// <param name="ReplacesUid">Where given, the ended instance of the same name that goes first.</param>
    public sealed record CreateInstance(VirtualMachineInstance Instance, string? ReplacesUid = null) : ActionDecision;

    /// <summary>A migration is made.</summary>
    /// <param name="Migration">The migration.</param>
    public sealed record CreateMigration(VirtualMachineInstanceMigration Migration) : ActionDecision;

    /// <summary>An instance is deleted.</summary>
    /// <param name="Uid">Which one: no other of the same name.</param>
    public sealed record DeleteInstance(string Uid) : ActionDecision;
}
