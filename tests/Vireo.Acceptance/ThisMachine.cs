using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vireo.Acceptance;

/// <summary>What the tests need of the machine that they run on.</summary>
internal static class ThisMachine
{
    private const int KillSignal = 9;

    /// <summary>A port of TCP that nobody uses.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program that runs on, by a line for the shell; what it says is added to a file.</summary>
    public static Process Launch(string line, string logFile, NetworkNamespace? network = null)
    {
        var command = $"exec {string.Join(' ', network?.Inside ?? [])} {line} >>'{logFile}' 2>&1";
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true })!;
    }

    /// <summary>Where a process takes connections of TCP.</summary>
    public static async Task<IReadOnlyList<IPEndPoint>> ListeningAsync(int process)
    {
        var listed = await Shell.RunAsync(["ss", "--tcp", "--listening", "--numeric", "--processes", "--no-header"]);
        listed.ShouldSucceed();
        return
        [
            .. listed
                .Output.Split('\n')
                .Where(line => line.Contains($"pid={process},", StringComparison.Ordinal))
                .Select(line => IPEndPoint.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])),
        ];
    }

    /// <summary>kill -9: what a crash or the kernel's OOM killer does.</summary>
    public static void Kill(int process) => _ = Kill(process, KillSignal);

    /// <summary>The same, and waits until it has ended.</summary>
    public static void End(Process process)
    {
        Kill(process.Id);
        process.WaitForExit();
    }

    /// <summary>kill -9 of the process whose number is in a file.</summary>
    public static void KillByFile(string file) => Kill(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
