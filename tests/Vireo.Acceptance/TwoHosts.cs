using System.Diagnostics;
using System.Globalization;

namespace Vireo.Acceptance;

/// <summary>
/// A server and two hosts that joined it: each a network namespace of its own at the end of a cable, with a libvirt of
/// its own. The server's own host only remembers guests, and takes none.
/// </summary>
public sealed class TwoHosts : IAsyncLifetime
{
    private const string ServerAddress = "10.97.0.1";
    private const string Center = "/apis/vireo.dev/v1alpha1/hosts/center";

    private readonly string _folder = Directory.CreateTempSubdirectory("vireo-").FullName;
    private readonly int _port = ThisMachine.FreePort();
    private readonly List<Process> _running = [];
    private readonly Dictionary<string, NetworkNamespace> _networks = [];
    private readonly Dictionary<string, Process> _agents = [];
    private Process _server = null!;

    internal static IReadOnlyList<string> Names { get; } = ["left", "right"];

    internal Api Api { get; private set; } = null!;

    private string ServerFolder => Path.Combine(_folder, "server");

    private string Kubeconfig => Path.Combine(ServerFolder, "admin.kubeconfig");

    private string Address => $"https://{ServerAddress}:{_port}";

    public async ValueTask InitializeAsync()
    {
        await Shell.TypeAsync($"ip link add {Bridge} type bridge");
        await Shell.TypeAsync($"ip addr add {ServerAddress}/24 dev {Bridge}");
        await Shell.TypeAsync($"ip link set {Bridge} up");
        await StartServerAsync();
        Api = new(Kubeconfig, Address);
        await Eventually.Holds(
            async () => (await Api.PatchAsync(Center, """{"spec":{"unschedulable":true} }""")).Code == 200,
            "the server's own host is closed"
        );
        foreach (var (index, host) in Names.Index())
        {
            var network = _networks[host] = await NetworkNamespace.StartAsync();
            await network.LayCableAsync($"10.97.0.{index + 11}/24");
            await Shell.TypeAsync($"ip link set {network.Cable} master {Bridge} up");
            foreach (var image in (string[])[Checkout.TinyGuest, Checkout.MicroGuest])
            {
                (await OnHostAsync(host, "image", "load", image, "--state-dir", FolderOf(host))).ShouldSucceed();
            }

            var token = await Shell.RunAsync([Checkout.Program, "token", "create", "--state-dir", ServerFolder]);
            StartAgent(host, $"--join {Address} --token {token.ShouldSucceed().Output.Trim()} --node-name {host}");
        }

        foreach (var host in Names)
        {
            await Eventually.Holds(() => IsReadyAsync(host), $"{host} is ready; its log ends with {ReadLog()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        foreach (var host in Names.Where(_networks.ContainsKey))
        {
            await OnHostAsync(host, "down", "--guests", "--grace-period", "0", "--state-dir", FolderOf(host));
        }

        foreach (var process in _running.Where(process => !process.HasExited))
        {
            ThisMachine.End(process);
        }

        foreach (var network in _networks.Values)
        {
            network.Dispose();
        }

        await Shell.RunAsync(["ip", "link", "del", Bridge]);
        if (Environment.GetEnvironmentVariable("VIREO_TESTS_KEEP") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    internal static string OtherThan(string host) => Names.Single(name => name != host);

    /// <summary>What both hosts have: disks may be there.</summary>
    internal string SharedFolder => Path.Combine(_folder, "shared");

    internal string FolderOf(string host) => Path.Combine(_folder, host);

    internal async Task StartServerAsync()
    {
        _server = Launch(
            $"'{Checkout.Program}' up --simulate --node-name center --state-dir '{ServerFolder}' "
                + $"--listen {ServerAddress}:{_port}"
        );
        await Eventually.Holds(
            async () =>
                File.Exists(Kubeconfig)
                && (await Shell.RunAsync(["kubectl", "--kubeconfig", Kubeconfig, "get", "--raw", "/readyz"])).ExitCode
                    == 0,
            $"the server is ready\n{ReadLog()}"
        );
    }

    /// <summary>kill -9 of the API server, and the controllers with it.</summary>
    internal void KillServer() => ThisMachine.End(_server);

    /// <summary>Starts a host's agent; with nothing more, on what it got when it joined.</summary>
    internal void StartAgent(string host, string options = "") =>
        _agents[host] = Launch(
            $"'{Checkout.Program}' agent --state-dir '{FolderOf(host)}' --host-disk-root '{SharedFolder}' {options}",
            _networks[host]
        );

    /// <summary>kill -9 of a host's agent.</summary>
    internal void KillAgent(string host) => ThisMachine.End(_agents[host]);

    /// <summary>kill -9 of a host's libvirt daemon and of all its guests, as when it loses its power.</summary>
    internal void KillGuests(string host)
    {
        var run = Path.Combine(FolderOf(host), "libvirt", "run");
        foreach (
            var file in Directory.GetFiles(Path.Combine(run, "qemu"), "*.pid").Append(Path.Combine(run, "libvirtd.pid"))
        )
        {
            ThisMachine.KillByFile(file);
        }
    }

    /// <summary>
    /// Types into a shell with the administrator's kubeconfig; it ends at the first command that fails.
    /// </summary>
    internal Task<CommandResult> TypeAsync(string script) =>
        Shell.RunAsync(
            ["bash", "-ec", script],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["KUBECONFIG"] = Kubeconfig,
                ["PATH"] = $"{Path.GetDirectoryName(Checkout.Program)}:{Environment.GetEnvironmentVariable("PATH")}",
            },
            timeoutSeconds: 300
        );

    /// <summary>Puts an image into the stores of both hosts.</summary>
    internal async Task LoadImageAsync(string path, params string[] options)
    {
        foreach (var host in Names)
        {
            (
                await OnHostAsync(host, ["image", "load", path, "--state-dir", FolderOf(host), .. options])
            ).ShouldSucceed();
        }
    }

    /// <summary>Pulls a host's cable, or plugs it in.</summary>
    internal Task SetCableAsync(string host, bool isIn) =>
        Shell.TypeAsync($"ip link set {_networks[host].Cable} {(isIn ? "up" : "down")}");

    /// <summary>Where a guest's domain is, and how it stands there.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> DomainsAsync(string name)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var host in Names)
        {
            var socket = Path.Combine(FolderOf(host), "libvirt", "run", "libvirt-sock");
            var state = await Shell.RunAsync([
                "virsh",
                "-q",
                "-c",
                $"qemu+unix:///system?socket={socket}",
                "domstate",
                $"default_{name}",
            ]);
            if (state.ExitCode == 0)
            {
                found[host] = state.Output.Trim();
            }
        }

        return found;
    }

    internal string ReadLog() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(30)) : "";

    private string LogFile => Path.Combine(_folder, "vireo.log");

    private string Bridge => string.Create(CultureInfo.InvariantCulture, $"vr{Environment.ProcessId}");

    private Task<CommandResult> OnHostAsync(string host, params string[] arguments) =>
        Shell.RunAsync([.. _networks[host].Inside, Checkout.Program, .. arguments]);

    private async Task<bool> IsReadyAsync(string host)
    {
        var seen = await Api.FindAsync($"/apis/vireo.dev/v1alpha1/hosts/{host}");
        return (seen?["status"]?["conditions"]?.AsArray() ?? []).Any(each =>
            (string?)each!["type"] == "Ready" && (string?)each["status"] == "True"
        );
    }

    private Process Launch(string line, NetworkNamespace? network = null)
    {
        var process = ThisMachine.Launch(line, LogFile, network);
        _running.Add(process);
        return process;
    }
}
