using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Counts vCPUs.</summary>
public static class CpuTopologies
{
    /// <summary>The arrangement a guest boots with: what is not given or 0 is 1.</summary>
    public static CPUTopology Of(CPU? cpu) =>
        new()
        {
            Sockets = AtLeastOne(cpu?.Sockets),
            Cores = AtLeastOne(cpu?.Cores),
            Threads = AtLeastOne(cpu?.Threads),
        };

    /// <summary>How many vCPUs a guest boots with. Not above <c>long</c>'s range, whatever is given.</summary>
    public static long Vcpus(CPU? cpu) =>
        (long)
            Math.Min(
                (decimal)AtLeastOne(cpu?.Sockets) * AtLeastOne(cpu?.Cores) * AtLeastOne(cpu?.Threads),
                long.MaxValue
            );

    /// <summary>How many vCPUs a guest can have at most while it runs.</summary>
    public static long MaxVcpus(CPU? cpu) =>
        cpu?.MaxSockets > (cpu?.Sockets ?? 1) ? Vcpus(cpu! with { Sockets = cpu.MaxSockets }) : Vcpus(cpu);

    /// <summary>True when sockets, cores or threads are given.</summary>
    internal static bool IsGiven(CPU? cpu) => (cpu?.Sockets ?? 0, cpu?.Cores ?? 0, cpu?.Threads ?? 0) is not (0, 0, 0);

    private static long AtLeastOne(long? count) => Math.Clamp(count ?? 1, 1, int.MaxValue);
}
