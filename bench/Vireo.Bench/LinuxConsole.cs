using System.Net.Sockets;
using System.Text;

namespace Vireo.Bench;

/// <summary>The serial console of a Linux guest, which says there what it has and runs what is typed.</summary>
/// <param name="folder">The folder of the guest's run.</param>
internal sealed class LinuxConsole(string folder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Returns once the guest has booted and reads what is typed.</summary>
    public Task WaitForBootAsync(CancellationToken ct) => WaitAsync("VIREO-GUEST-READY", 1, ct);

    /// <summary>How often the guest said a line that begins so.</summary>
    public async Task<int> CountAsync(string line, CancellationToken ct)
    {
        var log = Path.Combine(folder, "console.log");
        if (!File.Exists(log))
        {
            return 0;
        }

        var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(ct);
        return text.Split('\n').Count(said => said.TrimEnd('\r').StartsWith(line, StringComparison.Ordinal));
    }

    /// <summary>Returns once the guest has said a line as often.</summary>
    public async Task WaitAsync(string line, int times, CancellationToken ct)
    {
        for (var began = DateTimeOffset.UtcNow; await CountAsync(line, ct) < times; await Task.Delay(Pause, ct))
        {
            if (DateTimeOffset.UtcNow - began > Limit)
            {
                var said = await File.ReadAllTextAsync(Path.Combine(folder, "console.log"), ct);
                throw new InvalidOperationException(
                    $"Waited in vain for the guest of '{folder}' to say {line}. What it said last: {said[^Math.Min(said.Length, 500)..]}"
                );
            }
        }
    }

    /// <summary>Runs a command in the guest, past everything that serves its console, until it has ended.</summary>
    public async Task RunAsync(string command, CancellationToken ct)
    {
        using var console = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await console.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, "console.sock")), ct);
        // Who types and does not read holds the guest up: the log is written with what is read here.
        _ = new NetworkStream(console).CopyToAsync(Stream.Null, ct);
        // The console repeats what is typed: the line is another than the one that is waited for.
        await console.SendAsync(Encoding.ASCII.GetBytes($"\n{command}; echo BENCH-''DONE\n"), ct);
        await WaitAsync("BENCH-DONE", 1, ct);
    }
}
