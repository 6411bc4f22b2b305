using Vireo.Sqlite;

namespace Vireo.ApiServer.Storage;

/// <summary>The disk, or what is on it, stands in the way. The message says what to do.</summary>
internal sealed class StoreException(string message, bool isTransient, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The same call may succeed later: a full disk gets space, a lock is let go.</summary>
    public bool IsTransient { get; } = isTransient;

    public static StoreException NotOpened(string path, SqliteException e) =>
        e.IsCorrupt ? Damaged(path, e.Message)
        : e.IsTransient
            ? new(
                $"The state in {path} is in use: stop the other Vireo, or give this one a state folder of its own.",
                isTransient: true,
                e
            )
        : new($"The state in {path} cannot be opened: {e.Message}", e.IsFull, e);

    public static StoreException Damaged(string path, string problem) =>
        new(
            $"The state in {path} is damaged: {problem.TrimEnd('.')}. Restore a backup in its place, with "
                + $"'vireo backup restore FILE --state-dir {Path.GetDirectoryName(path)} --replace', which puts what is "
                + "there aside.",
            isTransient: false
        );

    public static StoreException NotStored(SqliteException e) =>
        new($"The change was not stored: {e.Message}", e.IsTransient || e.IsFull, e);

    public static StoreException NotCopied(SqliteException e) =>
        new($"The state was not copied: {e.Message}", e.IsTransient || e.IsFull, e);

    public static StoreException Closed() =>
        new("The change was not stored: the server is stopping. Try again when it is back.", isTransient: true);
}
