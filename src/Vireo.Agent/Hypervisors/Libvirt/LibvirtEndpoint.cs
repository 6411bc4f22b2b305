namespace Vireo.Agent;

/// <summary>A libvirt daemon to talk to.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="QemuLogFolder">Where it logs when guests start and end.</param>
internal sealed record LibvirtEndpoint(string Uri, string QemuLogFolder)
{
    /// <summary>The daemon that the host's administrator runs.</summary>
    public static LibvirtEndpoint System { get; } = new("qemu:///system", "/var/log/libvirt/qemu");
}

/// <summary>Finds the daemon, starting one if need be.</summary>
/// <exception cref="HypervisorException">There is none, and none can be started: says what to do.</exception>
internal delegate Task<LibvirtEndpoint> FindLibvirt(CancellationToken ct);
