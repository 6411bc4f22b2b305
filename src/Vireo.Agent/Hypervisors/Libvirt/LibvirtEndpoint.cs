namespace Vireo.Agent;

/// <summary>A libvirt daemon to talk to.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="QemuLogFolder">Where it logs when guests start and end.</param>
/// <param name="RunFolder">What the daemon and its guests know as <see cref="KnownRunFolder"/>.</param>
internal sealed record LibvirtEndpoint(
    string Uri,
    string QemuLogFolder,
    string RunFolder = LibvirtEndpoint.KnownRunFolder
)
{
    private static readonly string[] SocketNames = ["libvirt-sock", "virtqemud-sock"];

    /// <summary>Where the daemon has its sockets, as it sees it itself: a private one sees its own.</summary>
    public const string KnownRunFolder = "/run/libvirt";

    /// <summary>The daemon that the host's administrator runs.</summary>
    public static LibvirtEndpoint System { get; } = new("qemu:///system", "/var/log/libvirt/qemu");

    /// <summary>The socket that the daemon itself listens on.</summary>
    public string Socket =>
        SocketNames.Select(name => Path.Combine(RunFolder, name)).FirstOrDefault(File.Exists)
        ?? Path.Combine(RunFolder, "libvirt-sock");
}

/// <summary>Finds the daemon, starting one if need be.</summary>
/// <exception cref="HypervisorException">There is none, and none can be started: says what to do.</exception>
internal delegate Task<LibvirtEndpoint> FindLibvirt(CancellationToken ct);
