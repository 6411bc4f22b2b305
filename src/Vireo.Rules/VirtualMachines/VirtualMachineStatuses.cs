using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Why a pass over a virtual machine could not do what it had to.</summary>
/// <param name="Reason">One word: FailedCreate, FailedDelete, FailedUpdateError ...</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SyncFailure(string Reason, string Message);

/// <summary>Makes the status of a virtual machine from what was seen and decided.</summary>
public static class VirtualMachineStatuses
{
    /// <summary>The status to write. Equal, as JSON, to the present one when nothing changed.</summary>
    /// <param name="machine">The virtual machine as it was read.</param>
    /// <param name="instance">Its instance; null when there is none.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="failure">What went wrong in this pass; null when nothing did.</param>
    /// <param name="now">The time, for conditions that change.</param>
    public static VirtualMachineStatus Of(
        VirtualMachine machine,
        VirtualMachineInstance? instance,
        RunDecision decision,
        SyncFailure? failure,
        DateTimeOffset now
    ) => throw new NotSupportedException();
}
