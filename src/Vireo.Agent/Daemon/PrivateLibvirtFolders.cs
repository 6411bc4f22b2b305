using System.Text;

namespace Vireo.Agent;

/// <summary>Where the private daemon keeps what libvirt usually keeps in /etc, /run and /var.</summary>
/// <param name="stateFolder">The agent's state folder.</param>
internal sealed class PrivateLibvirtFolders(string stateFolder)
{
    /// <summary>
    /// Puts the daemon's folders over libvirt's, gives it a /dev without kvm if so wanted, and becomes the daemon.
    /// Arguments: the root of the folders, hide or show, the daemon.
    /// </summary>
    /// <remarks>
    /// A /dev/kvm that is covered by another file is probed by libvirt again and again; one that is absent is not.
    /// </remarks>
    public const string LaunchScript = """
        set -e
        exec </dev/null >>"$1/log/launch.log" 2>&1
        for pair in etc:/etc/libvirt run:/run/libvirt lib:/var/lib/libvirt log:/var/log/libvirt cache:/var/cache/libvirt
        do
          mkdir -p "${pair#*:}"
          mount --bind "$1/${pair%%:*}" "${pair#*:}"
        done
        if [ "$2" = hide ]
        then
          dev=$(mktemp -d)
          mount -t tmpfs -o mode=755,nosuid vireo-dev "$dev"
          for entry in /dev/*
          do
            name=${entry#/dev/}
            if [ "$name" = kvm ]; then continue
            elif [ -L "$entry" ]; then cp -P "$entry" "$dev/$name"
            elif [ -d "$entry" ]; then mkdir "$dev/$name"; mount --rbind "$entry" "$dev/$name"
            else : >"$dev/$name"; mount --bind "$entry" "$dev/$name"
            fi
          done
          mount --move "$dev" /dev
          rmdir "$dev"
        fi
        cd /
        exec "$3" --pid-file /run/libvirt/libvirtd.pid
        """;

    private const string QemuSettings = """
        user = "root"
        group = "root"
        security_driver = "none"
        cgroup_controllers = [ ]
        namespaces = [ ]
        stdio_handler = "file"
        remember_owner = 0
        """;

    private static readonly IReadOnlyList<string> Parts = ["etc", "run", "lib", "log", "cache"];

    /// <summary>The folder of them all.</summary>
    public string Root { get; } = Path.Combine(Path.GetFullPath(stateFolder), "libvirt");

    /// <summary>The socket it listens on.</summary>
    public string Socket => Path.Combine(Root, "run", "libvirt-sock");

    /// <summary>Its process id.</summary>
    public string PidFile => Path.Combine(Root, "run", "libvirtd.pid");

    /// <summary>Its logs, and those of its guests.</summary>
    public string Log => Path.Combine(Root, "log");

    /// <summary>What was said before it could log.</summary>
    public string LaunchLog => Path.Combine(Log, "launch.log");

    /// <summary>Why the socket cannot be made; null when it can.</summary>
    public string? SocketFault =>
        Encoding.UTF8.GetByteCount(Socket) > InstanceFolder.MaxSocketPathBytes
            ? $"The state folder's path '{stateFolder}' is too long for libvirt's socket; choose a shorter one."
            : null;

    /// <summary>
    /// Makes the folders, and the settings unless they are there: an administrator may have changed them.
    /// </summary>
    public void Create()
    {
        foreach (var part in Parts)
        {
            Directory.CreateDirectory(Path.Combine(Root, part));
        }

        WriteOnce("etc/libvirt.conf", "");
        WriteOnce("etc/qemu.conf", QemuSettings + "\n");
        WriteOnce("etc/libvirtd.conf", DaemonSettings());
    }

    /// <summary>The last line of its log.</summary>
    public string LastWords() =>
        (File.Exists(LaunchLog) ? File.ReadLines(LaunchLog) : [])
            .Concat(File.Exists(DaemonLog) ? File.ReadLines(DaemonLog) : [])
            .LastOrDefault(line => line.Length > 0)
        ?? "it said nothing.";

    private string DaemonLog => Path.Combine(Log, "libvirtd.log");

    /// <summary>
    /// Many hosts' firmware gives no usable identity, and libvirt migrates between different ones only.
    /// </summary>
    private static string DaemonSettings() =>
        $"""
            host_uuid = "{Guid.NewGuid()}"
            unix_sock_rw_perms = "0700"
            auth_unix_rw = "none"
            auth_unix_ro = "none"
            max_clients = 500
            max_workers = 40
            prio_workers = 10
            max_client_requests = 40
            log_outputs = "2:file:/var/log/libvirt/libvirtd.log"

            """;

    private void WriteOnce(string name, string text)
    {
        var path = Path.Combine(Root, name);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, text);
        }
    }
}
