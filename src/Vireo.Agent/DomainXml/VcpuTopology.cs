using Vireo.Api;

namespace Vireo.Agent;

/// <summary>How the vCPUs of a guest are arranged, and how far they can grow.</summary>
/// <param name="Sockets">Sockets at boot.</param>
/// <param name="Cores">Cores a socket.</param>
/// <param name="Threads">Threads a core.</param>
/// <param name="MaxSockets">The most sockets; never below those at boot.</param>
internal sealed record VcpuTopology(long Sockets, long Cores, long Threads, long MaxSockets)
{
    /// <summary>vCPUs at boot.</summary>
    public long Count => Sockets * Cores * Threads;

    /// <summary>The most vCPUs.</summary>
    public long MaxCount => MaxSockets * Cores * Threads;

    /// <summary>A factor that is zero or not given does not count, as in KubeVirt.</summary>
    public static VcpuTopology Of(CPU? cpu)
    {
        var sockets = Factor(cpu?.Sockets);
        return new(sockets, Factor(cpu?.Cores), Factor(cpu?.Threads), Math.Max(sockets, cpu?.MaxSockets ?? 0));
    }

    private static long Factor(long? value) => value is > 0 ? value.Value : 1;
}
