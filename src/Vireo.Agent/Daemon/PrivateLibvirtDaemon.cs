using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Vireo.Agent;

/// <summary>
/// A libvirt daemon of the agent's own, for hosts where none runs. It outlives the agent, its guests outlive it.
/// </summary>
/// <remarks>
/// It sees its own folders where libvirt's usually are (a mount namespace), so it shares nothing with a daemon that the
/// host may run later, but it is on the host's network. It is found again by its pid file and started again when it has
/// died; its guests are QEMU processes that do not notice, and that it finds again.
/// </remarks>
/// <param name="stateFolder">The agent's state folder.</param>
/// <param name="hidesKvm">
/// True to keep /dev/kvm from it: where KVM does not work, libvirt would ask QEMU about it at every start of a guest.
/// </param>
/// <param name="time">Times how long it takes to answer.</param>
/// <param name="logger">Told when it is started and stopped.</param>
public sealed class PrivateLibvirtDaemon(string stateFolder, bool hidesKvm, TimeProvider time, ILogger logger)
{
    /// <summary>Programs that the daemon's start needs, and the packages they come from.</summary>
    private static readonly IReadOnlyList<string> Programs = ["libvirtd", "setsid", "unshare", "sh"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly PrivateLibvirtFolders _folders = new(stateFolder);

    /// <summary>Where it is reached.</summary>
    public string Uri => $"qemu+unix:///system?socket={System.Uri.EscapeDataString(_folders.Socket)}";

    /// <summary>True from its first start until it is stopped, even if it has died in between.</summary>
    public bool IsInUse => File.Exists(_folders.PidFile);

    /// <summary>True while its process is there.</summary>
    public bool IsRunning => FindProcess() is not null;

    internal LibvirtEndpoint Endpoint =>
        new(Uri, Path.Combine(_folders.Log, "qemu"), Path.GetDirectoryName(_folders.Socket)!);

    /// <summary>Starts it unless it runs, and waits until it listens.</summary>
    /// <exception cref="HypervisorException">It cannot be started: says why and what to do.</exception>
    public async Task EnsureRunningAsync(CancellationToken ct)
    {
        if (IsRunning && File.Exists(_folders.Socket))
        {
            return;
        }

        CheckHost();
        _folders.Create();
        File.Delete(_folders.Socket);
        await LaunchAsync(ct);
        var started = time.GetTimestamp();
        while (!File.Exists(_folders.Socket) || !IsRunning)
        {
            if (time.GetElapsedTime(started) > StartLimit)
            {
                throw new HypervisorException(
                    $"The private libvirt daemon did not start: {_folders.LastWords()} See {_folders.LaunchLog}.",
                    isTransient: true
                )
                {
                    IsUnreachable = true,
                };
            }

            await Task.Delay(Pause, time, ct);
        }

        logger.PrivateDaemonStarted(_folders.Root);
    }

    /// <summary>Stops it; guests that still run go on without it. Does nothing when it does not run.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (FindProcess() is { } pid)
        {
            await Command.RunAsync(["kill", "-TERM", Text(pid)], StopLimit, time, ct);
            var asked = time.GetTimestamp();
            while (IsRunning)
            {
                if (time.GetElapsedTime(asked) > StopLimit)
                {
                    await Command.RunAsync(["kill", "-KILL", Text(pid)], StopLimit, time, ct);
                    asked = time.GetTimestamp();
                }

                await Task.Delay(Pause, time, ct);
            }

            logger.PrivateDaemonStopped(_folders.Root);
        }

        if (IsInUse)
        {
            File.Delete(_folders.PidFile);
        }
    }

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);

    private void CheckHost()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw LibvirtErrors.Unreachable(
                "No libvirt daemon runs on this host, and only root can start a private one: run the agent as root, or "
                    + "start the host's (systemctl start libvirtd)."
            );
        }

        if (Programs.FirstOrDefault(program => Command.Find(program) is null) is { } missing)
        {
            throw LibvirtErrors.Unreachable(
                $"{missing} is not installed, without which no guest runs; install it: "
                    + $"apt-get install {LibvirtErrors.Packages} util-linux"
            );
        }

        if (_folders.SocketFault is { } fault)
        {
            throw new HypervisorException(fault, isTransient: false);
        }
    }

    private async Task LaunchAsync(CancellationToken ct)
    {
        // Its own session, so that what ends the agent's terminal or process group does not end it.
        var launch = new ProcessStartInfo(
            "setsid",
            [
                "--fork",
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                PrivateLibvirtFolders.LaunchScript,
                "vireo-libvirtd",
                _folders.Root,
                hidesKvm ? "hide" : "show",
                Command.Find("libvirtd")!,
            ]
        );
        using var process = Process.Start(launch)!;
        await process.WaitForExitAsync(ct);
    }

    /// <summary>Its process id; null when it has died, even if nobody has collected its remains.</summary>
    private int? FindProcess()
    {
        try
        {
            var pid = File.ReadAllText(_folders.PidFile).Trim();
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return
                stat.Contains("(libvirtd) ", StringComparison.Ordinal)
                && !stat.Contains("(libvirtd) Z", StringComparison.Ordinal)
                ? int.Parse(pid, CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
