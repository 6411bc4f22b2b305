using System.Diagnostics;
using System.Globalization;
using Vireo.Runtime;

namespace Vireo.Bench;

/// <summary>
/// A server, and two hosts that joined it: each a network namespace at the end of a cable, with a libvirt of its own.
/// </summary>
internal sealed class TwoHosts(string program, string root) : IAsyncDisposable
{
    private const string Address = "10.96.0.1";
    private const string Bridge = "vireobench";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<Process> _running = [];
    private readonly Dictionary<string, Process> _holders = [];

    public static IReadOnlyList<string> Names { get; } = ["left", "right"];

    private string Certificates => Path.Combine(root, "peer-pki");

    private string Server => Path.Combine(root, "center");

    /// <summary>Where a host is reached.</summary>
    public static string AddressOf(string host) => $"10.96.0.{(host == Names[0] ? 11 : 12)}";

    public string FolderOf(string host) => Path.Combine(root, host);

    public KubernetesClient Connect() =>
        KubernetesClient.Connect(Kubeconfig.Read(Path.Combine(Server, "admin.kubeconfig")));

    /// <summary>Starts all, and waits until both hosts are ready.</summary>
    public async Task StartAsync(string image, CancellationToken ct)
    {
        await RunAsync($"ip link add {Bridge} type bridge", ct);
        await RunAsync($"ip addr add {Address}/24 dev {Bridge}", ct);
        await RunAsync($"ip link set {Bridge} up", ct);
        Launch($"{program} up --simulate --node-name center --state-dir {Server} --listen {Address}:7443");
        await UntilAsync("the server", () => IsReadyAsync(ct), ct);
        await ChangeHostAsync("center", """{"spec":{"unschedulable":true} }""", ct);
        PeerCertificates.Write(Certificates);
        foreach (var host in Names)
        {
            SecureLibvirt(host);
            await LayCableAsync(host, AddressOf(host), ct);
            await Programs.RunAsync(program, ["image", "load", image, "--state-dir", FolderOf(host)], ct);
            var token = (await Programs.RunAsync(program, ["token", "create", "--state-dir", Server], ct)).Trim();
            Launch(
                $"{Inside(host)} {program} agent --live-moves-under-emulation --state-dir {FolderOf(host)} --node-name {host} "
                    + $"--join https://{Address}:7443 --token {token}"
            );
            await UntilAsync(host, async () => await IsHostReadyAsync(host, ct), ct);
        }
    }

    /// <summary>Its libvirt can encrypt what it sends: the agent leaves settings alone that are there.</summary>
    private void SecureLibvirt(string host)
    {
        var settings = Directory.CreateDirectory(Path.Combine(FolderOf(host), "libvirt", "etc")).FullName;
        File.WriteAllText(
            Path.Combine(settings, "qemu.conf"),
            $"""
            user = "root"
            group = "root"
            security_driver = "none"
            cgroup_controllers = [ ]
            namespaces = [ ]
            stdio_handler = "file"
            remember_owner = 0
            migrate_tls_x509_cert_dir = "{Certificates}"

            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _holders.Keys)
        {
            await RunAsync(
                $"{Inside(host)} {program} down --guests --grace-period 0 --state-dir {FolderOf(host)}",
                CancellationToken.None
            );
        }

        foreach (var process in _running.Concat(_holders.Values).Where(process => !process.HasExited))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await RunAsync($"ip link del {Bridge}", CancellationToken.None);
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            return (await Connect().ListAsync<Vireo.Api.Host>(new(), ct)).Items.Any(host =>
                host.Metadata.Name == "center"
            );
        }
        catch (Exception e) when (e is ApiException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private async Task<bool> IsHostReadyAsync(string name, CancellationToken ct)
    {
        var host = await Connect().FindAsync<Vireo.Api.Host>(new(null, name), ct);
        return host?.Status?.Conditions?.Any(each => each is { Type: "Ready", Status: "True" }) == true;
    }

    /// <summary>Whether guests' memory and disks are to move as they are, or encrypted.</summary>
    public Task SendInPlainTextAsync(bool isPlain, CancellationToken ct) =>
        PatchAsync(
            ["kubevirt", "kubevirt", "--namespace", "kubevirt"],
            $$$"""{"spec":{"configuration":{"migrations":{"disableTLS":{{{(isPlain ? "true" : "false")}}} } } } }""",
            ct
        );

    private Task ChangeHostAsync(string name, string patch, CancellationToken ct) =>
        PatchAsync(["hosts.vireo.dev", name], patch, ct);

    private Task PatchAsync(string[] what, string patch, CancellationToken ct) =>
        Programs.RunAsync(
            "kubectl",
            [
                "--kubeconfig",
                Path.Combine(Server, "admin.kubeconfig"),
                "patch",
                .. what,
                "--type",
                "merge",
                "-p",
                patch,
            ],
            ct
        );

    private async Task LayCableAsync(string host, string address, CancellationToken ct)
    {
        var holder = Process.Start(
            "unshare",
            ["--net", "--mount", "--propagation", "private", "sh", "-c", "mount -t sysfs sysfs /sys && exec sleep 3600"]
        );
        _holders[host] = holder;
        var pid = holder.Id.ToString(CultureInfo.InvariantCulture);
        await UntilAsync(
            "a namespace",
            async () =>
                (await File.ReadAllTextAsync($"/proc/{pid}/cmdline", ct)).StartsWith("sleep", StringComparison.Ordinal),
            ct
        );
        await RunAsync($"ip link add vb{pid} type veth peer name uplink netns {pid}", ct);
        await RunAsync($"ip link set vb{pid} master {Bridge} up", ct);
        await RunAsync($"{Inside(host)} ip link set lo up", ct);
        await RunAsync($"{Inside(host)} ip addr add {address}/24 dev uplink", ct);
        await RunAsync($"{Inside(host)} ip link set uplink up", ct);
    }

    private string Inside(string host) =>
        string.Create(CultureInfo.InvariantCulture, $"nsenter -t {_holders[host].Id} --net --mount");

    private void Launch(string command) =>
        _running.Add(Process.Start("sh", ["-c", $"exec {command} </dev/null >>{root}/bench.log 2>&1"]));

    private static Task RunAsync(string command, CancellationToken ct)
    {
        var words = command.Split(' ');
        return Programs.RunAsync(words[0], words[1..], ct);
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> isSo, CancellationToken ct)
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo(); await Task.Delay(Pause, ct))
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new InvalidOperationException($"Waited {Limit.TotalSeconds} s in vain for {what}.");
            }
        }
    }
}
