namespace Vireo.Sqlite.Native;

/// <summary>What callers of SQLite have to tell apart.</summary>
internal enum ErrorKind
{
    Other,
    Transient,
    Constraint,
    ReadOnly,
    CannotOpen,
    Full,
    Corrupt,
}

/// <summary>What one result code means for the caller, and what to do about it.</summary>
internal readonly record struct ResultCode(string Name, ErrorKind Kind, string Advice)
{
    private const int SQLITE_IOERR_DATA = 10 | (32 << 8);
    private const int SQLITE_IOERR_CORRUPTFS = 10 | (33 << 8);
    private const int ENOSPC = 28;
    private const int EDQUOT = 122;

    private const string FreeSpace = "Free space on the disk that holds the file, or raise the limit on its size.";
    private const string Restore = "Keep a copy of the file with its -wal, and restore from a backup.";
    private const string CheckDisk = "Look for disk errors in the kernel's log.";
    private const string Permit =
        "Check the owner and mode of the file and its folder, and that the mount is writable.";
    private const string Bug = "This is a bug in the program that calls SQLite.";

    /// <param name="result">The extended result code.</param>
    /// <param name="errno">
    /// The system's error under SQLITE_IOERR and SQLITE_CANTOPEN, else 0. SQLite says SQLITE_FULL only when a write
    /// found the disk full, not when growing the -shm file or a quota did.
    /// </param>
    public static ResultCode Of(int result, int errno) =>
        (result, result & 0xFF) switch
        {
            (SQLITE_IOERR_DATA, _) => new("SQLITE_IOERR_DATA", ErrorKind.Corrupt, Restore),
            (SQLITE_IOERR_CORRUPTFS, _) => new("SQLITE_IOERR_CORRUPTFS", ErrorKind.Corrupt, Restore),
            (_, 10) when errno is ENOSPC or EDQUOT => new("SQLITE_IOERR", ErrorKind.Full, FreeSpace),
            (_, 14) when errno is ENOSPC or EDQUOT => new("SQLITE_CANTOPEN", ErrorKind.Full, FreeSpace),
            (_, 1) => new("SQLITE_ERROR", ErrorKind.Other, "Correct the SQL, or the schema that it expects."),
            (_, 2) => new("SQLITE_INTERNAL", ErrorKind.Other, "This is a bug in SQLite."),
            (_, 3) => new("SQLITE_PERM", ErrorKind.CannotOpen, Permit),
            (_, 4) => new("SQLITE_ABORT", ErrorKind.Other, "The transaction was rolled back: start it again."),
            (_, 5) => new("SQLITE_BUSY", ErrorKind.Transient, "Roll back and try the whole transaction again."),
            (_, 6) => new("SQLITE_LOCKED", ErrorKind.Transient, "Reset the open statements, then try again."),
            (_, 7) => new("SQLITE_NOMEM", ErrorKind.Other, "Give the process more memory."),
            (_, 8) => new("SQLITE_READONLY", ErrorKind.ReadOnly, Permit),
            (_, 9) => new("SQLITE_INTERRUPT", ErrorKind.Other, "The call was interrupted: start it again."),
            (_, 10) => new("SQLITE_IOERR", ErrorKind.Other, CheckDisk),
            (_, 11) => new("SQLITE_CORRUPT", ErrorKind.Corrupt, Restore),
            (_, 12) => new("SQLITE_NOTFOUND", ErrorKind.Other, Bug),
            (_, 13) => new("SQLITE_FULL", ErrorKind.Full, FreeSpace),
            (_, 14) => new("SQLITE_CANTOPEN", ErrorKind.CannotOpen, "Check that the folder exists. " + Permit),
            (_, 15) => new("SQLITE_PROTOCOL", ErrorKind.Other, "Close other programs that use the file."),
            (_, 17) => new("SQLITE_SCHEMA", ErrorKind.Other, "The schema keeps changing: try again."),
            (_, 18) => new("SQLITE_TOOBIG", ErrorKind.Other, "Make the value smaller."),
            (_, 19) => new("SQLITE_CONSTRAINT", ErrorKind.Constraint, "Change the row, or the one it collides with."),
            (_, 20) => new("SQLITE_MISMATCH", ErrorKind.Other, Bug),
            (_, 21) => new("SQLITE_MISUSE", ErrorKind.Other, Bug + " Reset a statement before binding to it."),
            (_, 22) => new("SQLITE_NOLFS", ErrorKind.Other, "Use a file system that holds large files."),
            (_, 23) => new("SQLITE_AUTH", ErrorKind.Other, Bug),
            (_, 25) => new("SQLITE_RANGE", ErrorKind.Other, Bug + " Parameters count from 1."),
            (_, 26) => new("SQLITE_NOTADB", ErrorKind.Corrupt, "Is the path right? " + Restore),
            _ => new("unknown result", ErrorKind.Other, Bug),
        };
}
