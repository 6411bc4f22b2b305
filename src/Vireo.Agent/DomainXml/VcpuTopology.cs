using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>How the vCPUs of a guest are arranged, and how far they can grow.</summary>
/// <param name="Boot">The arrangement at boot.</param>
/// <param name="MaxSockets">The most sockets; never below those at boot.</param>
internal sealed record VcpuTopology(CPUTopology Boot, long MaxSockets)
{
    private const long MostWithoutIommu = 255;

    /// <summary>vCPUs at boot.</summary>
    public long Count => (Boot.Sockets ?? 1) * VcpusASocket;

    /// <summary>The most vCPUs.</summary>
    public long MaxCount => MaxSockets * VcpusASocket;

    /// <summary>The same without sockets that the guest could not be started with.</summary>
    /// <remarks>
    /// Beyond 255 vCPUs x86 needs an IOMMU that remaps interrupts. A guest that boots with fewer does not need it for
    /// vCPUs that may never come.
    /// </remarks>
    public VcpuTopology WithinReach(bool isX86) =>
        isX86 && Count <= MostWithoutIommu && MaxCount > MostWithoutIommu
            ? this with
            {
                MaxSockets = MostWithoutIommu / VcpusASocket,
            }
            : this;

    private long VcpusASocket => (Boot.Cores ?? 1) * (Boot.Threads ?? 1);

    /// <summary>What an instance's CPU section comes to.</summary>
    public static VcpuTopology Of(CPU? cpu)
    {
        var boot = CpuTopologies.Of(cpu);
        return new(boot, Math.Max(boot.Sockets ?? 1, cpu?.MaxSockets ?? 0));
    }
}
