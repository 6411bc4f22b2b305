using System.Net.Sockets;

namespace Vireo.Bench;

/// <summary>The serial console of a micro guest, reached past everything that serves it.</summary>
/// <param name="folder">The folder of the guest's run.</param>
internal sealed class GuestConsole(string folder)
{
    private const string Banner = "bench guest";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns once the guest has booted and reads what is typed.</summary>
    public async Task WaitForBootAsync(CancellationToken ct)
    {
        var log = Path.Combine(folder, "console.log");
        for (var began = DateTimeOffset.UtcNow; DateTimeOffset.UtcNow - began < Limit; await Task.Delay(Pause, ct))
        {
            if (
                File.Exists(log)
                && (await Programs.RunAsync("cat", [log], ct)).Contains(Banner, StringComparison.Ordinal)
            )
            {
                return;
            }
        }

        throw new InvalidOperationException($"The guest of '{folder}' did not boot.");
    }

    /// <summary>Has the guest reboot itself.</summary>
    /// <returns>When the key was sent.</returns>
    public async Task<DateTimeOffset> RebootAsync(CancellationToken ct)
    {
        using var console = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await console.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, "console.sock")), ct);
        var sent = DateTimeOffset.UtcNow;
        await console.SendAsync("r"u8.ToArray(), ct);
        // QEMU is to read the key before the line is dropped: it closes its end when it ends.
        await console.ReceiveAsync(new byte[64], ct);
        return sent;
    }
}
