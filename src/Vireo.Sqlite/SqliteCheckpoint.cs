namespace Vireo.Sqlite;

/// <summary>How hard a checkpoint tries. Values are SQLite's.</summary>
public enum SqliteCheckpointMode
{
    /// <summary>Move what can be moved without waiting for anyone.</summary>
    Passive = 0,

    /// <summary>Wait (up to the busy timeout) for writers and readers, then move everything.</summary>
    Full = 1,

    /// <summary>As Full, and wait until the next writer can start the log from its beginning.</summary>
    Restart = 2,

    /// <summary>As Restart, and cut the -wal file to no bytes.</summary>
    Truncate = 3,
}

/// <summary>What a checkpoint did.</summary>
/// <param name="WasBlocked">
/// A reader, writer or other checkpoint stood in the way until the busy timeout, so some of the work is left. That is
/// an answer, not an error: a later checkpoint does the rest.
/// </param>
/// <param name="WalFrames">Frames in the log afterwards, 0 after a complete Truncate; -1 without WAL.</param>
/// <param name="CheckpointedFrames">How many of them are in the database file; -1 without WAL.</param>
public readonly record struct SqliteCheckpoint(bool WasBlocked, int WalFrames, int CheckpointedFrames);
