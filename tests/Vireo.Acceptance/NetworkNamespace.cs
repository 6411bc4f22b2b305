using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vireo.Acceptance;

/// <summary>
/// A network of its own, with a loopback, as another host has it: it is there as long as a process sleeps in it.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly Process _sleeper;

    private NetworkNamespace(Process sleeper) => _sleeper = sleeper;

    /// <summary>What stands before a command that runs in it, in the folder of the checkout.</summary>
    public IReadOnlyList<string> Inside => ["nsenter", "-t", Id, "--net", "--mount", "--wd"];

    /// <summary>The end here of the cable to it.</summary>
    public string Cable => $"vc{Id}";

    private string Id => _sleeper.Id.ToString(CultureInfo.InvariantCulture);

    public static async Task<NetworkNamespace> StartAsync()
    {
        const string Script = "ip link set lo up && mount -t sysfs sysfs /sys && exec sleep 3600";
        string[] arguments = ["--net", "--mount", "--propagation", "private", "sh", "-c", Script];
        var start = new ProcessStartInfo("unshare", arguments) { WorkingDirectory = Checkout.Root };
        var made = new NetworkNamespace(Process.Start(start)!);
        await Eventually.Holds(
            async () =>
                (await File.ReadAllTextAsync($"/proc/{made.Id}/cmdline")).StartsWith("sleep", StringComparison.Ordinal),
            "a network namespace"
        );
        return made;
    }

    /// <summary>Lays a cable from there, where its end has this address, to here.</summary>
    /// <param name="address">With the length of its network, as <c>10.0.0.2/24</c>.</param>
    public async Task LayCableAsync(string address)
    {
        await Shell.TypeAsync($"ip link add {Cable} type veth peer name uplink netns {Id}");
        var inside = string.Join(' ', Inside);
        await Shell.TypeAsync($"{inside} ip addr add {address} dev uplink");
        await Shell.TypeAsync($"{inside} ip link set uplink up");
    }

    /// <summary>A connection from here to a port on the loopback there.</summary>
    public async Task<NetworkStream> ConnectAsync(int port, CancellationToken ct = default)
    {
        var socket = await OpenSocketAsync(ct);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            return new(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket of that network: where a socket belongs is settled when it is made, by its thread.</summary>
    public Task<Socket> OpenSocketAsync(CancellationToken ct) =>
        // A thread of its own: it stays in the namespace, and ends.
        Task.Factory.StartNew(
            () =>
            {
                using var network = File.OpenHandle($"/proc/{Id}/ns/net");
                return Enter(network, NewNetwork) == 0
                    ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                    : throw new InvalidOperationException($"No way into the network of process {Id}.");
            },
            ct,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    public void Dispose()
    {
        _sleeper.Kill();
        _sleeper.WaitForExit();
        _sleeper.Dispose();
    }

    [DllImport("libc", EntryPoint = "setns")]
    private static extern int Enter(SafeFileHandle network, int kind);
}
