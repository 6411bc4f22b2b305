using System.Reflection;
using System.Runtime.InteropServices;

namespace Vireo.Sqlite.Native;

/// <summary>Finds the system's SQLite under the names that distributions give it.</summary>
internal static class SqliteLibrary
{
    public const string Name = "libsqlite3";

    private static readonly string[] FileNames = ["libsqlite3.so.0", "libsqlite3.so"];

    public static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == Name ? Load(FileNames) : 0;

    /// <exception cref="DllNotFoundException">No file of these names can be loaded.</exception>
    public static nint Load(params ReadOnlySpan<string> fileNames)
    {
        foreach (var fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            $"The SQLite library could not be loaded (tried {string.Join(", ", fileNames)}): "
                + "install the Debian package libsqlite3-0, or your distribution's package of SQLite 3."
        );
    }
}
