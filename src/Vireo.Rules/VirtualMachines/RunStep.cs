using Vireo.Api;

namespace Vireo.Rules;

/// <summary>The one thing to do next for a virtual machine. The list is closed.</summary>
public abstract record RunStep
{
    private RunStep() { }

    /// <summary>Nothing: all is as it should be, or others are at work.</summary>
    public sealed record None : RunStep;

    /// <summary>Create the instance.</summary>
    /// <param name="Paused">The guest waits before its first instruction: it was asked to start paused.</param>
    public sealed record Start(bool Paused) : RunStep;

    /// <summary>The instance would be created, but the last ones failed to start: look again then.</summary>
    /// <param name="Until">When it may be tried again.</param>
    public sealed record Wait(DateTimeOffset Until) : RunStep;

    /// <summary>Delete the instance.</summary>
    /// <param name="Uid">Which one: delete no other, even if it bears the same name.</param>
    public sealed record Delete(string Uid) : RunStep;

    /// <summary>Make the virtual machine the owner of an instance of its name that nobody owns.</summary>
    /// <param name="Uid">Which instance.</param>
    public sealed record Adopt(string Uid) : RunStep;

    /// <summary>The virtual machine is being deleted and nothing holds it any more: remove its finalizer.</summary>
    public sealed record LetGo : RunStep;

    /// <summary>Nothing can be done until somebody acts; the virtual machine's Failure condition says what.</summary>
    /// <param name="Reason">Why, in one word.</param>
    /// <param name="Message">Why, and what to do.</param>
    public sealed record Refuse(string Reason, string Message) : RunStep;
}

/// <summary>What to do next for a virtual machine, and what to remember of it in its status.</summary>
/// <remarks>
/// Write the status first, then do the step: the status carries what the step would destroy (that the instance failed,
/// that it is to be started again), so that a crash between the two forgets nothing.
/// </remarks>
/// <param name="Step">What to do.</param>
/// <param name="StartFailure">The failures to start so far, for the status; null when there are none.</param>
/// <param name="StateChangeRequests">The starts and stops still to be done, for the status.</param>
/// <param name="StartSerial">The count of starts that were asked for or taken back, for the status.</param>
/// <param name="ReleasesInstance">
/// True when the instance has ended and what there is to know of it is in this decision: its
/// <see cref="KubeVirtNames.VirtualMachineFinalizer" /> can be removed once the status is written.
/// </param>
public sealed record RunDecision(
    RunStep Step,
    VirtualMachineStartFailure? StartFailure,
    IReadOnlyList<VirtualMachineStateChangeRequest> StateChangeRequests,
    long? StartSerial,
    bool ReleasesInstance
);
