using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What an instance needs of a host, or what several need together.</summary>
/// <param name="MemoryBytes">Memory in bytes, with what the host needs beside the guest.</param>
/// <param name="CpuMilli">Processor time in thousandths of a processor.</param>
public sealed record ResourceClaim(long MemoryBytes, long CpuMilli)
{
    /// <summary>What one instance needs.</summary>
    public static ResourceClaim Of(VirtualMachineInstanceSpec spec, KubeVirtConfiguration configuration) =>
        throw new NotSupportedException();
}
