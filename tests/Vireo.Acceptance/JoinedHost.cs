using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// A server and a second host that joined it: the host is a network namespace of its own at the end of a cable, with a
/// libvirt of its own. The server's own host only remembers guests.
/// </summary>
public sealed class JoinedHost : IAsyncLifetime
{
    private const string ServerAddress = "10.98.0.1";
    private const int KillSignal = 9;

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly int _port = FreePort();
    private readonly List<Process> _running = [];
    private Process _namespace = null!;
    private Process _agent = null!;

    internal const string AgentAddress = "10.98.0.2";

    internal Api Api { get; private set; } = null!;

    /// <summary>The token that the host joined with.</summary>
    internal string Token { get; private set; } = "";

    internal string ServerFolder => Path.Combine(_folder, "host1");

    internal string HostFolder => Path.Combine(_folder, "host2");

    /// <summary>What the host is in the cluster: the certificate of its own.</summary>
    internal string AgentKubeconfig => Path.Combine(HostFolder, "agent.kubeconfig");

    internal string Address => $"https://{ServerAddress}:{_port}";

    private string LogFile => Path.Combine(_folder, "vireo.log");

    public async ValueTask InitializeAsync()
    {
        await LayCableAsync();
        Launch(
            $"'{Checkout.Program}' up --simulate --node-name host1 --state-dir '{ServerFolder}' --listen {ServerAddress}:{_port}"
        );
        var kubeconfig = Path.Combine(ServerFolder, "admin.kubeconfig");
        await Eventually.Holds(
            async () => File.Exists(kubeconfig) && (await KubectlAsync("get", "--raw", "/readyz")).ExitCode == 0,
            $"the server is ready\n{ReadLog()}"
        );
        Api = new(kubeconfig, Address);
        Token = await NewTokenAsync();
        (await OnHostAsync("image", "load", Checkout.MicroGuest, "--state-dir", HostFolder)).ShouldSucceed();
        StartAgent($"--join {Address} --token {Token} --node-name host2");
        await Eventually.Holds(IsReadyAsync, "host2 is ready");
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        await OnHostAsync("down", "--guests", "--grace-period", "1", "--state-dir", HostFolder);
        await RunAsync("down", "--guests", "--simulate");
        foreach (var process in _running.Append(_namespace).Where(process => process is { HasExited: false }))
        {
            _ = Kill(process.Id, KillSignal);
        }

        if (Environment.GetEnvironmentVariable("VIREO_TESTS_KEEP") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Starts the host's agent; with nothing more, on what it got when it joined.</summary>
    internal void StartAgent(string options = "") =>
        _agent = Launch($"{Inside} '{Checkout.Program}' agent --state-dir '{HostFolder}' {options}");

    /// <summary>kill -9 of the host's agent.</summary>
    internal void KillAgent()
    {
        _ = Kill(_agent.Id, KillSignal);
        _agent.WaitForExit();
    }

    /// <summary>A command against the server, by its administrator.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) =>
        Shell.RunAsync([Checkout.Program, .. arguments, "--state-dir", ServerFolder]);

    /// <summary>A command on the host that joined.</summary>
    internal Task<CommandResult> OnHostAsync(params string[] arguments) =>
        Shell.RunAsync([.. Inside.Split(' '), Checkout.Program, .. arguments]);

    /// <summary>Another host tries to join; if it were let in it would run until it is stopped.</summary>
    internal Task<CommandResult> TryToJoinAsync(string token, string name = "host3", params string[] more) =>
        OnHostAsync([
            "agent",
            "--simulate",
            "--node-name",
            name,
            "--state-dir",
            Path.Combine(_folder, "host3"),
            "--join",
            Address,
            "--token",
            token,
            .. more,
        ]);

    internal Task<CommandResult> KubectlAsync(params string[] arguments) =>
        Shell.RunAsync(["kubectl", "--kubeconfig", Path.Combine(ServerFolder, "admin.kubeconfig"), .. arguments]);

    /// <summary>kubectl with the certificate of the host's agent and nothing else.</summary>
    internal Task<CommandResult> AsAgentAsync(params string[] arguments) =>
        Shell.RunAsync([.. Inside.Split(' '), "kubectl", "--kubeconfig", AgentKubeconfig, .. arguments]);

    internal async Task<string> NewTokenAsync(params string[] options)
    {
        var made = await RunAsync(["token", "create", .. options]);
        made.ShouldSucceed();
        made.Error.ShouldContain("vireo agent --join ");
        return made.Output.Trim();
    }

    internal async Task<JsonNode?> HostAsync(string name) =>
        await Api.FindAsync($"/apis/vireo.dev/v1alpha1/hosts/{name}");

    internal string ReadLog() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string Inside => string.Create(CultureInfo.InvariantCulture, $"nsenter -t {_namespace.Id} --net --mount");

    private async Task<bool> IsReadyAsync()
    {
        if (_agent.HasExited)
        {
            throw new InvalidOperationException($"The agent ended with {_agent.ExitCode}:\n{ReadLog()}");
        }

        var conditions = (await HostAsync("host2"))?["status"]?["conditions"]?.AsArray() ?? [];
        return conditions.Any(each => (string?)each!["type"] == "Ready" && (string?)each["status"] == "True");
    }

    /// <summary>A namespace, held by a process that sleeps, and a cable from here to there.</summary>
    private async Task LayCableAsync()
    {
        _namespace = Process.Start(
            new ProcessStartInfo(
                "unshare",
                [
                    "--net",
                    "--mount",
                    "--propagation",
                    "private",
                    "sh",
                    "-c",
                    "mount -t sysfs sysfs /sys && exec sleep 3600",
                ]
            )
        )!;
        var own = File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        var pid = _namespace.Id.ToString(CultureInfo.InvariantCulture);
        await Eventually.Holds(
            () =>
                Task.FromResult(File.ReadAllText($"/proc/{pid}/cmdline").StartsWith("sleep", StringComparison.Ordinal)),
            $"a network namespace beside {own}"
        );
        foreach (
            var command in new[]
            {
                $"ip link add vj{pid} type veth peer name uplink netns {pid}",
                $"ip addr add {ServerAddress}/24 dev vj{pid}",
                $"ip link set vj{pid} up",
                $"{Inside} ip link set lo up",
                $"{Inside} ip addr add {AgentAddress}/24 dev uplink",
                $"{Inside} ip link set uplink up",
            }
        )
        {
            (await Shell.RunAsync(command.Split(' '))).ShouldSucceed();
        }
    }

    private Process Launch(string command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec {command} >>'{LogFile}' 2>&1"])
        {
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        _running.Add(process);
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
