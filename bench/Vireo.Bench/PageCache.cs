using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vireo.Bench;

/// <summary>Asks the kernel to forget files, so that the next start reads them from the disk.</summary>
/// <remarks>
/// Pages that another process maps stay: where other .NET programs run, the runtime itself stays warm.
/// </remarks>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Forgets every file in these folders and below.</summary>
    public static void Forget(params IEnumerable<string> folders)
    {
        foreach (
            var path in folders.SelectMany(each => Directory.EnumerateFiles(each, "*", SearchOption.AllDirectories))
        )
        {
            using var file = File.OpenHandle(path);
            _ = Advise(file, 0, 0, DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
