using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Why an update of a machine type is refused.</summary>
public enum MachineTypeRefusal
{
    /// <summary>It is no name of a machine type. Force does not help.</summary>
    Malformed,

    /// <summary>No host offers it, or the cluster does not allow it. Force does not help.</summary>
    NotOffered,

    /// <summary>The machine runs, and the type is not asked for at its next boot. Force does not help.</summary>
    WrongState,

    /// <summary>It is of another chipset family.</summary>
    FamilyChange,

    /// <summary>It is older than what is recorded.</summary>
    Downgrade,

    /// <summary>What is recorded is a version, and this is an alias, which can mean any.</summary>
    AliasFromVersioned,

    /// <summary>Which of the two is newer cannot be said: another vendor, or another variant.</summary>
    NotComparable,

    /// <summary>None was given, and the machine's image names none. Force does not help.</summary>
    NoImageType,

    /// <summary>Another type is recorded than the caller expected. Force does not help.</summary>
    PreconditionFailed,
}

/// <summary>What an update of a machine type comes to. The list is closed.</summary>
public abstract record MachineTypePolicyDecision
{
    private MachineTypePolicyDecision() { }

    /// <summary>The machine becomes this, by one write of its status, guarded by its resourceVersion.</summary>
    /// <param name="Machine">The machine as it was read, with its new record.</param>
    /// <param name="Change">What to answer.</param>
    public sealed record Allowed(VirtualMachine Machine, MachineTypeChange Change) : MachineTypePolicyDecision;

    /// <summary>It is so already.</summary>
    /// <param name="Change">What to answer.</param>
    public sealed record Unchanged(MachineTypeChange Change) : MachineTypePolicyDecision;

    /// <summary>It must not be.</summary>
    /// <param name="Why">In one word.</param>
    /// <param name="Message">For a person: what is wrong and what to do.</param>
    public sealed record Refuse(MachineTypeRefusal Why, string Message) : MachineTypePolicyDecision;
}
