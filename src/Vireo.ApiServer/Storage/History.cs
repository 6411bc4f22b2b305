namespace Vireo.ApiServer.Storage;

/// <summary>One change in a <see cref="History"/>, linked to the next.</summary>
/// <param name="change">The change; null only for the start of a history that was loaded or is empty.</param>
/// <param name="revision">The revision of the change.</param>
/// <param name="addedAt">When it was added, as a timestamp of the store's clock.</param>
internal sealed class HistoryEntry(StoreEvent? change, long revision, long addedAt)
{
    /// <summary>Stands where the next entry was, once that has gone by.</summary>
    public static readonly HistoryEntry Gone = new(null, 0, 0);

    private volatile HistoryEntry? _next;

    public StoreEvent? Change => change;

    public long Revision => revision;

    public long AddedAt => addedAt;

    /// <summary>The entry after this one: null while there is none, <see cref="Gone"/> when it was let go.</summary>
    public HistoryEntry? Next
    {
        get => _next;
        set => _next = value;
    }
}

/// <summary>Rows that nobody needs once a change has left the history.</summary>
/// <param name="Kind">The position of the kind.</param>
/// <param name="Revision">The change that left: the history of the kind is complete only after it.</param>
/// <param name="Replaced">The row of the state that it replaced.</param>
/// <param name="IsDeletion">Whether the change's own row goes as well.</param>
internal readonly record struct ObsoleteRows(int Kind, long Revision, long Replaced, bool IsDeletion);

/// <summary>
/// The recent changes of one kind: a list that the writer extends and each watch walks at its own pace.
/// </summary>
/// <remarks>
/// <para>
/// The past that a watch starts from and the present that it follows are the same list, so there is no seam at which a
/// change could be lost or doubled, and publishing costs the same for one watch and for a thousand.
/// </para>
/// <para>
/// Letting an entry go cuts the link that leads to it. A watch that stands before the cut finds out at its next step,
/// and keeps no more than the entry it stands on in memory, however slow it is.
/// </para>
/// </remarks>
internal sealed class History(int kind, long completeAfter, StoreLimits limits, TimeProvider time)
{
    /// <summary>About what an entry and its event take beside the JSON.</summary>
    private const int EntryBytes = 200;

    // The last entry that was let go: what is held begins after it, and its revision says where that is.
    private volatile HistoryEntry _before = new(null, completeAfter, 0);
    private HistoryEntry? _newest;
    private volatile TaskCompletionSource _changed = NewSignal();
    private int _count;
    private long _bytes;

    /// <summary>
    /// The entry before the oldest one held. Its revision is the earliest that a watch can start from.
    /// </summary>
    public HistoryEntry Before => _before;

    /// <summary>Completes at the next <see cref="Signal"/>. Take it before looking for the next entry.</summary>
    public Task Changed => _changed.Task;

    private HistoryEntry Newest => _newest ?? _before;

    /// <summary>Adds a change. For the writer only.</summary>
    public void Append(StoreEvent change)
    {
        var entry = new HistoryEntry(change, change.Revision, time.GetTimestamp());
        Newest.Next = entry;
        _newest = entry;
        _count++;
        _bytes += BytesHeldFor(change);
    }

    /// <summary>Wakes every watch that waits.</summary>
    public void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    /// <summary>Lets go of what is over a limit, and tells which rows that frees. For the writer only.</summary>
    public void Trim(Queue<ObsoleteRows> obsolete)
    {
        while (_before.Next is { Change: { } change } oldest && IsOverLimit(oldest))
        {
            _before.Next = HistoryEntry.Gone;
            _before = oldest;
            _count--;
            _bytes -= BytesHeldFor(change);

            if (!change.Object.Kind.HasNoHistory && change.Previous is { } previous)
            {
                var isDeletion = change.Type == StoreEventType.Deleted;
                obsolete.Enqueue(new(kind, change.Revision, previous.Revision, isDeletion));
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Current objects are in memory anyway; the history pays for what it alone keeps.</summary>
    private static long BytesHeldFor(StoreEvent change) =>
        EntryBytes
        + (change.Previous?.Json.Length ?? 0)
        + (change.Type == StoreEventType.Deleted ? change.Object.Json.Length : 0);

    private bool IsOverLimit(HistoryEntry oldest) =>
        _count > limits.HistoryEvents
        || _bytes > limits.HistoryBytes
        || time.GetElapsedTime(oldest.AddedAt) > limits.HistoryAge;
}
