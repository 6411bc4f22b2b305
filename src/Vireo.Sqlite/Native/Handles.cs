using Microsoft.Win32.SafeHandles;

namespace Vireo.Sqlite.Native;

/// <summary>Owns a sqlite3*.</summary>
/// <remarks>
/// Closed with sqlite3_close_v2, which waits for the last statement and backup: finalizers may run in any order.
/// </remarks>
internal sealed class DatabaseHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>The file, for error messages.</summary>
    public string Path { get; set; } = "";

    protected override bool ReleaseHandle() => Sqlite3.sqlite3_close_v2(handle) == Sqlite3.SQLITE_OK;
}

/// <summary>Owns a sqlite3_stmt*.</summary>
internal sealed class StatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    // The result repeats the last step's error, which its caller has been told: releasing itself cannot fail.
    protected override bool ReleaseHandle()
    {
        _ = Sqlite3.sqlite3_finalize(handle);
        return true;
    }
}

/// <summary>Owns a sqlite3_backup*.</summary>
internal sealed class BackupHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    // As with a statement, the result repeats what the last step said.
    protected override bool ReleaseHandle()
    {
        _ = Sqlite3.sqlite3_backup_finish(handle);
        return true;
    }
}
