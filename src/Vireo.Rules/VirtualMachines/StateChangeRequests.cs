using System.Globalization;
using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Starts and stops that were asked for and wait in the status of a virtual machine.</summary>
/// <remarks>
/// The status of a virtual machine and its instance are two objects: a start can be taken back while an instance is
/// being made from it, and a copy of the one can be older than a copy of the other. So each start bears a number, in
/// <see cref="VirtualMachineStatus.StartSerial" />, which counts up; each instance bears the number of its making. A
/// start is done by an instance of its number or a later one, however that fared, and by an earlier one only while it
/// lives. A start that is taken back leaves its number behind, in
/// <see cref="VirtualMachineStatus.StartSerialTakenBack" />, and an instance that bears it or an earlier one is to end,
/// whenever it turns up. What bears no number, made by others or before there were numbers, is never taken back.
/// </remarks>
public static class StateChangeRequests
{
    /// <summary>The action that starts an instance.</summary>
    public const string StartAction = "Start";

    /// <summary>The action that stops the instance it names.</summary>
    public const string StopAction = "Stop";

    private const string Serial = "serial";

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
    /// A stop is done when the instance it names is not there any more; a start when there is an instance that was made
    /// from it or after it, or one that has neither ended nor is deleted nor was taken back.
    /// </remarks>
    /// <param name="status">The state of the virtual machine.</param>
    /// <param name="instance">Its own instance; null when there is none.</param>
    public static IReadOnlyList<VirtualMachineStateChangeRequest> Pending(
        VirtualMachineStatus? status,
        VirtualMachineInstance? instance
    ) => [.. (status?.StateChangeRequests ?? []).SkipWhile(request => IsDone(request, status, instance))];

    /// <summary>
    /// Puts requests in the place of those pending: starts among these that are not kept are taken back.
    /// </summary>
    internal static VirtualMachineStatus Replace(
        VirtualMachineStatus status,
        IReadOnlyList<VirtualMachineStateChangeRequest> pending,
        IReadOnlyList<VirtualMachineStateChangeRequest> wanted
    )
    {
        var (serial, takenBack) = (status.StartSerial, status.StartSerialTakenBack);
        if (pending.Any(request => request.Action == StartAction && !wanted.Contains(request)))
        {
            takenBack = serial ?? 0;
            serial = takenBack + 1;
        }

        if (wanted.Any(IsNew))
        {
            serial = (serial ?? 0) + 1;
        }

        return status with
        {
            StateChangeRequests = wanted is []
                ? null
                : [.. wanted.Select(request => IsNew(request) ? Numbered(request, serial!.Value) : request)],
            StartSerial = serial,
            StartSerialTakenBack = takenBack,
        };
    }

    /// <summary>A start with its number.</summary>
    internal static VirtualMachineStateChangeRequest Numbered(VirtualMachineStateChangeRequest start, long serial) =>
        start with
        {
            Data = new Dictionary<string, string>(start.Data ?? new Dictionary<string, string>())
            {
                [Serial] = serial.ToString(CultureInfo.InvariantCulture),
            },
        };

    /// <summary>True for an instance of the machine that was made from a start which was taken back.</summary>
    internal static bool IsTakenBack(VirtualMachineStatus? status, VirtualMachineInstance? instance) =>
        NumberOf(instance) <= status?.StartSerialTakenBack;

    /// <summary>
    /// True when a copy of the instance may be too old to go by, and the server must be asked: the next thing to do is
    /// the end of an instance that the copy does not show, or a start that was asked for after the one it shows was
    /// made.
    /// </summary>
    public static bool IsInDoubt(VirtualMachineStatus? status, VirtualMachineInstance? instance) =>
        status?.StateChangeRequests switch
        {
            [{ Action: StopAction, Uid: { } uid }, ..] => uid != instance?.Metadata.Uid,
            [{ Action: StartAction } start, ..] => NumberOf(instance) < NumberOf(start),
            _ => false,
        };

    /// <summary>True when the first request is a start that leaves the guest paused.</summary>
    internal static bool AsksForPause(IReadOnlyList<VirtualMachineStateChangeRequest> requests) =>
        requests is [{ Action: StartAction, Data: { } options }, ..] && options.GetValueOrDefault("paused") == "true";

    private static bool IsDone(
        VirtualMachineStateChangeRequest request,
        VirtualMachineStatus? status,
        VirtualMachineInstance? instance
    ) =>
        request.Action == StopAction
            ? request.Uid is null || request.Uid != instance?.Metadata.Uid
            : NumberOf(instance) >= NumberOf(request)
                || (
                    instance is { Metadata.DeletionTimestamp: null }
                    && !VirtualMachineInstancePhases.IsFinal(instance.Status?.Phase)
                    && !IsTakenBack(status, instance)
                );

    private static bool IsNew(VirtualMachineStateChangeRequest request) =>
        request.Action == StartAction && NumberOf(request) is null;

    private static long? NumberOf(VirtualMachineStateChangeRequest request) =>
        Number(request.Data?.GetValueOrDefault(Serial));

    private static long? NumberOf(VirtualMachineInstance? instance) =>
        Number(instance?.Metadata.Annotations?.GetValueOrDefault(KubeVirtNames.StartSerialAnnotation));

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
