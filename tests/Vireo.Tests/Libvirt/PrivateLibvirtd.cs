using System.Diagnostics;
using Vireo.Libvirt;

namespace Vireo.Tests.Libvirt;

/// <summary>
/// A real libvirtd of a test's own: own configuration, state, processes and network; only its folder is shared.
/// </summary>
/// <remarks>
/// It lives in its own mount, network and process namespaces. Process 1 in there is a shell that reads orders from this
/// process; when the pipe closes, even because the test run was killed, the shell ends and the kernel ends the daemon
/// and
/// every guest with it. Needs root.
/// </remarks>
public sealed class PrivateLibvirtd : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _init = new();

    /// <summary>
    /// Everything it keeps, under the paths it would have without this: <c>etc/libvirt</c>, <c>run/libvirt</c>, …
    /// </summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("vireo-libvirtd-").FullName;

    public string Uri => $"qemu+unix:///system?socket={Folder}/run/libvirt/libvirt-sock";

    public static async Task<PrivateLibvirtd> StartAsync()
    {
        var daemon = new PrivateLibvirtd();
        try
        {
            await daemon.InitializeAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var part in (string[])["etc", "run", "var/lib", "var/log", "var/cache"])
        {
            Directory.CreateDirectory($"{Folder}/{part}/libvirt");
        }

        await File.WriteAllTextAsync($"{Folder}/etc/libvirt/libvirtd.conf", DaemonConfiguration);
        await File.WriteAllTextAsync($"{Folder}/etc/libvirt/qemu.conf", QemuConfiguration);
        _init.StartInfo = new(
            "unshare",
            ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", Init, "init", Folder]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _init.Start();
        await StartDaemonAsync();
    }

    public LibvirtConnection Open() => LibvirtConnection.Open(Uri);

    /// <summary>Starts the daemon, after <see cref="KillDaemonAsync"/> again, and waits until it answers.</summary>
    public async Task StartDaemonAsync()
    {
        await OrderAsync("start");
        await Poll.UntilAsync(
            () =>
            {
                using var probe = TryOpen();
                return probe is not null;
            },
            () => $"libvirtd did not come up; its log:\n{ReadLog()}",
            s_patience
        );
    }

    /// <summary>kill -9: the guests run on, everybody's connections break.</summary>
    public Task KillDaemonAsync() => OrderAsync("kill");

    /// <summary>How many sockets the daemon has open: one more for each client.</summary>
    public async Task<int> CountSocketsAsync() =>
        int.Parse(await OrderAsync("sockets"), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>kill -9 to the QEMU of one guest.</summary>
    public Task KillGuestAsync(string name) => OrderAsync($"kill-guest {name}");

    /// <summary>SIGTERM to the QEMU of one guest, as its host sends it when it goes down.</summary>
    public Task EndGuestAsync(string name) => OrderAsync($"end-guest {name}");

    public async ValueTask DisposeAsync()
    {
        _init.StandardInput.Close();
        await _init.WaitForExitAsync().WaitAsync(s_patience);
        _init.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> OrderAsync(string order)
    {
        await _init.StandardInput.WriteLineAsync(order);
        await _init.StandardInput.FlushAsync();
        return await _init.StandardOutput.ReadLineAsync().WaitAsync(s_patience)
            ?? throw new InvalidOperationException($"The namespaces of the private libvirtd are gone ({order}).");
    }

    private LibvirtConnection? TryOpen()
    {
        try
        {
            return Open();
        }
        catch (LibvirtException)
        {
            return null;
        }
    }

    private string ReadLog()
    {
        var log = $"{Folder}/var/log/libvirt/stdio.log";
        return File.Exists(log) ? File.ReadAllText(log) : "(none)";
    }

    private string DaemonConfiguration =>
        $"""
            host_uuid = "{Guid.NewGuid()}"
            auth_unix_rw = "none"
            unix_sock_rw_perms = "0700"
            log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
            """;

    private const string QemuConfiguration = """
        user = "root"
        group = "root"
        security_driver = "none"
        cgroup_controllers = [ ]
        namespaces = [ ]
        stdio_handler = "file"
        remember_owner = 0
        """;

    private const string Init = """
        mount --make-rprivate /
        for part in etc run var/lib var/log var/cache; do
          mkdir -p "/$part/libvirt"
          mount --bind "$1/$part/libvirt" "/$part/libvirt" || exit
        done
        ip link set lo up
        while read -r order name; do
          case $order in
            start)
                libvirtd --pid-file /run/libvirt/libvirtd.pid </dev/null >>/var/log/libvirt/stdio.log 2>&1 &
                daemon=$!; echo ok ;;
            kill) kill -9 $daemon; wait $daemon 2>/dev/null; echo ok ;;
            end-guest) kill "$(cat "/run/libvirt/qemu/$name.pid")"; echo ok ;;
            kill-guest) kill -9 $(cat "/run/libvirt/qemu/$name.pid"); echo ok ;;
            sockets) ls -l /proc/$daemon/fd | grep -c socket: ;;
          esac
        done
        """;
}
