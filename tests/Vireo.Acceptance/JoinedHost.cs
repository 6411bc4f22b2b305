using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// A server and a second host that joined it: the host is a network namespace of its own at the end of a cable, with a
/// libvirt of its own. The server's own host only remembers guests.
/// </summary>
public sealed class JoinedHost : IAsyncLifetime
{
    private const string ServerAddress = "10.98.0.1";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly int _port = ThisMachine.FreePort();
    private readonly List<Process> _running = [];
    private NetworkNamespace _network = null!;
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
        _network = await NetworkNamespace.StartAsync();
        await _network.LayCableAsync($"{AgentAddress}/24");
        await Shell.TypeAsync($"ip addr add {ServerAddress}/24 dev {_network.Cable}");
        await Shell.TypeAsync($"ip link set {_network.Cable} up");
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
        foreach (var process in _running.Where(process => !process.HasExited))
        {
            ThisMachine.End(process);
        }

        _network?.Dispose();
        if (Environment.GetEnvironmentVariable("VIREO_TESTS_KEEP") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Starts the host's agent; with nothing more, on what it got when it joined.</summary>
    internal void StartAgent(string options = "") =>
        _agent = Launch($"'{Checkout.Program}' agent --state-dir '{HostFolder}' {options}", _network);

    /// <summary>kill -9 of the host's agent.</summary>
    internal void KillAgent() => ThisMachine.End(_agent);

    /// <summary>A command against the server, by its administrator.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) =>
        Shell.RunAsync([Checkout.Program, .. arguments, "--state-dir", ServerFolder]);

    /// <summary>A command on the host that joined.</summary>
    internal Task<CommandResult> OnHostAsync(params string[] arguments) =>
        Shell.RunAsync([.. _network.Inside, Checkout.Program, .. arguments]);

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
        Shell.RunAsync([.. _network.Inside, "kubectl", "--kubeconfig", AgentKubeconfig, .. arguments]);

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

    private async Task<bool> IsReadyAsync()
    {
        if (_agent.HasExited)
        {
            throw new InvalidOperationException($"The agent ended with {_agent.ExitCode}:\n{ReadLog()}");
        }

        var conditions = (await HostAsync("host2"))?["status"]?["conditions"]?.AsArray() ?? [];
        return conditions.Any(each => (string?)each!["type"] == "Ready" && (string?)each["status"] == "True");
    }

    private Process Launch(string line, NetworkNamespace? network = null)
    {
        var process = ThisMachine.Launch(line, LogFile, network);
        _running.Add(process);
        return process;
    }
}
