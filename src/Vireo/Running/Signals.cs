using System.Runtime.InteropServices;

namespace Vireo.Running;

/// <summary>Signals to other processes.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    /// <summary>Asks a process to end; 0, or the system's error number.</summary>
    public static int Terminate(int processId) => Kill(processId, SigTerm) == 0 ? 0 : Marshal.GetLastPInvokeError();

    // LibraryImport needs unsafe code, which only the bindings hold; two integers need none.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
#pragma warning restore SYSLIB1054
}
