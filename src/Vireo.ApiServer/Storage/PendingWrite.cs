namespace Vireo.ApiServer.Storage;

/// <summary>A write that waits for its turn, and the one who waits for it.</summary>
internal sealed class PendingWrite(StoreWrite write, CancellationToken ct)
    : TaskCompletionSource<StoredObject>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public StoreWrite Write => write;

    /// <summary>One that is withdrawn already: it only wakes the writer.</summary>
    public static PendingWrite Nudge() => new(null!, new CancellationToken(canceled: true));

    /// <summary>False when the caller has gone. From here on the write is done whether he waits or not.</summary>
    public bool TryBegin() => !ct.IsCancellationRequested || !TrySetCanceled(ct);

    public void Complete(WriteOutcome outcome)
    {
        if (outcome.Conflict is { } conflict)
        {
            SetException(conflict);
        }
        else
        {
            SetResult(outcome.Stored!);
        }
    }
}
