using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Starts and stops that were asked for and wait in the status of a virtual machine.</summary>
public static class StateChangeRequests
{
    /// <summary>The action that starts an instance.</summary>
    public const string StartAction = "Start";

    /// <summary>The action that stops the instance it names.</summary>
    public const string StopAction = "Stop";

    /// <summary>A start without options.</summary>
    public static VirtualMachineStateChangeRequest Start { get; } = new() { Action = StartAction };

    /// <summary>A start that leaves the guest paused before its first instruction.</summary>
    public static VirtualMachineStateChangeRequest PausedStart { get; } =
        new()
        {
            Action = StartAction,
            Data = new Dictionary<string, string> { ["paused"] = "true" },
        };

    /// <summary>The requests that still mean something: those at the head that are done are left out.</summary>
    /// <remarks>
    /// A stop is done when the instance it names is not there any more; a start when an instance exists that has
    /// neither ended nor is being deleted.
    /// </remarks>
    public static IReadOnlyList<VirtualMachineStateChangeRequest> Pending(
        IReadOnlyList<VirtualMachineStateChangeRequest>? requests,
        VirtualMachineInstance? instance
    ) => [.. (requests ?? []).SkipWhile(request => IsDone(request, instance))];

    /// <summary>True when the first request is a start that leaves the guest paused.</summary>
    internal static bool AsksForPause(IReadOnlyList<VirtualMachineStateChangeRequest> requests) =>
        requests is [{ Action: StartAction, Data: { } options }, ..] && options.GetValueOrDefault("paused") == "true";

    private static bool IsDone(VirtualMachineStateChangeRequest request, VirtualMachineInstance? instance) =>
        request.Action == StopAction
            ? request.Uid is null || request.Uid != instance?.Metadata.Uid
            : instance is { Metadata.DeletionTimestamp: null }
                && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase);
}
