using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Vireo.Acceptance;

/// <summary>
/// One running host, shared by tests: `vireo up` with a state folder and libvirt of its own.
/// </summary>
/// <remarks>
/// A network has one host: the bridge of its guests has one name. This one is in the network of the tests, for which
/// ./test makes a namespace; further ones have theirs. With <c>VIREO_TESTS_KEEP</c> in the environment the state
/// folder, with Vireo's log in it, is there after the run.
/// </remarks>
public class VireoHost : IAsyncLifetime
{
    private readonly bool _isApart;
    private readonly int _port = ThisMachine.FreePort();
    private Process? _vireo;

    public VireoHost()
        : this(isApart: false) { }

    private protected VireoHost(bool isApart) => _isApart = isApart;

    /// <summary>The network that it is in, where that is not the one of the tests.</summary>
    internal NetworkNamespace? Network { get; private set; }

    /// <summary>What stands before a command that runs on this host.</summary>
    internal IReadOnlyList<string> Inside => Network?.Inside ?? [];

    /// <summary>Short, because the paths of sockets below it have a limit of 107 bytes.</summary>
    internal string StateFolder { get; } = Directory.CreateTempSubdirectory("vireo-").FullName;

    /// <summary>The folder whose files guests may use as disks.</summary>
    internal string HostDiskFolder => Path.Combine(StateFolder, "host-disks");

    internal string Kubeconfig => Path.Combine(StateFolder, "admin.kubeconfig");

    internal string Server => $"https://127.0.0.1:{_port}";

    /// <summary>The API of this host; it outlives the program that serves it.</summary>
    internal Api Api { get; private set; } = null!;

    internal int ProcessId => _vireo!.Id;

    internal string LogFile => Path.Combine(StateFolder, "vireo.log");

    public async ValueTask InitializeAsync()
    {
        File.Exists(Checkout.Program)
            .ShouldBeTrue("Run the acceptance tests with ./test: it builds the program first.");
        Network = _isApart ? await NetworkNamespace.StartAsync() : null;
        await StartAsync();
        foreach (var image in (string[])[Checkout.TinyGuest, Checkout.MicroGuest, Checkout.Installer])
        {
            (await RunAsync("image", "load", image)).ShouldSucceed();
        }

        await Eventually.Holds(OffersMachineTypesAsync, "the host tells what it offers");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Api?.Dispose();
        await RunAsync("down", "--guests");
        if (_vireo is { HasExited: false })
        {
            KillNow();
        }

        Network?.Dispose();
        if (Environment.GetEnvironmentVariable("VIREO_TESTS_KEEP") is null)
        {
            Directory.Delete(StateFolder, recursive: true);
        }
    }

    /// <summary>Starts `vireo up` and waits until it says it is ready.</summary>
    internal Task StartAsync() =>
        StartAsync($"up --host-disk-root '{HostDiskFolder}' --cors-allowed-origin http://127.0.0.1:{PagePort}");

    /// <summary>Pages from this port of the machine may ask the server.</summary>
    internal int PagePort { get; } = ThisMachine.FreePort();

    /// <summary>Starts the API server alone: nothing acts on what is written.</summary>
    internal Task StartServerAsync() => StartAsync("server");

    private async Task StartAsync(string what)
    {
        var options = $"--state-dir '{StateFolder}' --listen 127.0.0.1:{_port}";
        _vireo = ThisMachine.Launch($"'{Checkout.Program}' {what} {options}", LogFile, Network);
        await Eventually.Holds(IsReadyAsync, $"vireo up is ready\n{ReadLog()}");
    }

    /// <summary>kill -9 of the whole program: what a crash or the kernel's OOM killer does.</summary>
    internal void KillNow() => ThisMachine.End(_vireo!);

    /// <summary>A connection to a port on its loopback.</summary>
    internal async Task<NetworkStream> ConnectAsync(int port)
    {
        if (Network is not null)
        {
            return await Network.ConnectAsync(port);
        }

        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client.GetStream();
    }

    /// <summary>A command on this host.</summary>
    internal Task<CommandResult> OnHostAsync(params string[] command) => Shell.RunAsync([.. Inside, .. command]);

    /// <summary>A command of the program against this host.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) =>
        Shell.RunAsync(
            [.. Inside, Checkout.Program, .. arguments, "--state-dir", StateFolder],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["KUBECONFIG"] = Kubeconfig }
        );

    /// <summary>The real kubectl against this host.</summary>
    internal Task<CommandResult> KubectlAsync(params string[] arguments) => KubectlWithInputAsync(null, arguments);

    internal Task<CommandResult> KubectlWithInputAsync(string? input, params string[] arguments) =>
        Shell.RunAsync([.. Inside, "kubectl", "--kubeconfig", Kubeconfig, .. arguments], input: input);

    internal async Task ApplyAsync(string manifest) =>
        (await KubectlWithInputAsync(manifest, "apply", "-f", "-")).ShouldSucceed();

    /// <summary>One object as JSON, or null when it is not there.</summary>
    internal async Task<JsonNode?> GetAsync(string kind, string name)
    {
        var answer = await KubectlAsync("get", kind, name, "-o", "json", "--ignore-not-found");
        return answer.Output.Length == 0 ? null : JsonNode.Parse(answer.Output);
    }

    /// <summary>virsh against the libvirt that this host uses.</summary>
    internal async Task<string> VirshAsync(params string[] arguments)
    {
        var socket = Path.Combine(StateFolder, "libvirt", "run", "libvirt-sock");
        var result = await Shell.RunAsync(["virsh", "-q", "-c", $"qemu+unix:///system?socket={socket}", .. arguments]);
        return result.ShouldSucceed().Output;
    }

    /// <summary>What the guest wrote on its serial console since the instance started.</summary>
    internal string ConsoleLog(string uid)
    {
        var log = Path.Combine(StateFolder, "instances", uid, "console.log");
        if (!File.Exists(log))
        {
            return "";
        }

        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    internal string ReadLog() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private async Task<bool> OffersMachineTypesAsync()
    {
        var hosts = (await Api.FindAsync("/apis/vireo.dev/v1alpha1/hosts"))?["items"]?.AsArray() ?? [];
        return hosts.Any(each => each?["status"]?["machineTypes"] is not null);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_vireo!.HasExited)
        {
            throw new InvalidOperationException($"vireo up ended with {_vireo.ExitCode}:\n{ReadLog()}");
        }

        if (!File.Exists(Kubeconfig))
        {
            return false;
        }

        Api ??= new(Kubeconfig, Server, Network);
        return await Api.IsReadyAsync();
    }
}
