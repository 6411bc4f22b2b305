using System.Runtime.InteropServices;
using static Vireo.Sqlite.Native.Sqlite3;

namespace Vireo.Sqlite.Native;

/// <summary>
/// Turns SQLite's result codes into <see cref="SqliteException"/>, by the table in <see cref="ResultCode"/>.
/// </summary>
/// <remarks>
/// SQLite keeps the last message per connection. It is used only where its code is the one that the call returned:
/// backups return codes that they do not record, and another thread's call may have come between.
/// </remarks>
internal static unsafe class Check
{
    public static void Ok(int result, string call, DatabaseHandle db, string? sql = null)
    {
        if (result != SQLITE_OK)
        {
            throw Failure(result, call, db, sql);
        }
    }

    public static SqliteException Failure(int result, string call, DatabaseHandle db, string? sql = null)
    {
        var text = Text(sqlite3_errstr(result));
        var errno = 0;
        var recorded = db.IsInvalid ? SQLITE_OK : sqlite3_extended_errcode(db);

        if (recorded == result || (recorded & 0xFF) == result)
        {
            result = recorded;
            text = Text(sqlite3_errmsg(db));
            errno = (result & 0xFF) is SQLITE_IOERR or SQLITE_CANTOPEN ? sqlite3_system_errno(db) : 0;
        }

        var code = ResultCode.Of(result, errno);
        var cause = errno == 0 ? "" : $", {Marshal.GetPInvokeErrorMessage(errno)}";
        var during = sql is null ? "" : $" in `{sql}`";

        return new SqliteException(
            call,
            sql,
            result,
            code.Kind,
            $"{call}: {db.Path}: {text} ({code.Name} {result}{cause}){during}. {code.Advice}"
        );
    }

    public static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";
}
