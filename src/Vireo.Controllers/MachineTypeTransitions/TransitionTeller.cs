using Microsoft.Extensions.Logging;
using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Controllers.MachineTypeTransitions;

/// <summary>Writes the status of a transition during one pass, and tells people when its phase changes.</summary>
internal sealed class TransitionTeller(
    KubernetesClient client,
    MachineTypeTransition transition,
    EventRecorder events,
    TimeProvider time,
    ILogger logger
)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private long _lastTold = time.GetTimestamp();

    /// <summary>The transition as it was when the pass began.</summary>
    public MachineTypeTransition Transition => transition;

    /// <summary>What is written.</summary>
    public MachineTypeTransitionStatus Status { get; private set; } = transition.Status ?? new();

    /// <summary>Writes a status, unless it says what is written already.</summary>
    public async Task TellAsync(MachineTypeTransitionStatus status, CancellationToken ct)
    {
        _lastTold = time.GetTimestamp();
        if (SameJson.Are(Status, status, ApiJson.Default.MachineTypeTransitionStatus))
        {
            return;
        }

        // Its owner may pause or cancel it at any time: only the status is this controller's.
        await client.ChangeStatusAsync<MachineTypeTransition>(
            ResourceKey.Of(transition),
            found => found.Metadata.Uid == transition.Metadata.Uid ? found with { Status = status } : found,
            ct
        );
        var before = Status;
        Status = status;
        if (before.Phase != status.Phase)
        {
            var progress = Conditions.Find(status.Conditions, TransitionReport.Progressing);
            logger.TransitionPhase(transition.Metadata.Name!, status.Phase ?? "", progress?.Message ?? "");
            await events.RecordAsync(
                transition,
                status.Phase is "Failed" ? "Warning" : "Normal",
                status.Phase ?? "",
                progress?.Message ?? "",
                ct
            );
        }
    }

    /// <summary>Writes a status that only tells how far it is, unless one was written just now.</summary>
    public async Task TellSometimesAsync(
        Func<MachineTypeTransitionStatus> status,
        TimeSpan rhythm,
        CancellationToken ct
    )
    {
        if (time.GetElapsedTime(Volatile.Read(ref _lastTold)) < rhythm || !await _one.WaitAsync(0, ct))
        {
            return;
        }

        try
        {
            var told = status();
            // The end is told when the pass is over, with all that came of it.
            if (!TransitionReport.IsFinal(told.Phase) && told.Phase == Status.Phase)
            {
                await TellAsync(told, ct);
            }
        }
        finally
        {
            _one.Release();
        }
    }
}
