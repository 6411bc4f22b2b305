namespace Vireo.Libvirt;

/// <summary>The host's hardware as libvirt counts it.</summary>
/// <param name="CpuModel">Architecture of the CPUs, <c>x86_64</c>.</param>
/// <param name="MemoryBytes">Physical memory.</param>
/// <param name="Cpus">CPUs that are online.</param>
/// <param name="NumaNodes">NUMA nodes.</param>
/// <param name="Sockets">Sockets in a NUMA node.</param>
/// <param name="Cores">Cores in a socket.</param>
/// <param name="Threads">Threads in a core.</param>
public sealed record NodeFacts(
    string CpuModel,
    long MemoryBytes,
    int Cpus,
    int NumaNodes,
    int Sockets,
    int Cores,
    int Threads
);
