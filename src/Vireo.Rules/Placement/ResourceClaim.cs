using Vireo.Api;

namespace Vireo.Rules;

/// <summary>What an instance needs of a host, or what several need together.</summary>
/// <param name="MemoryBytes">Memory in bytes, with what the host needs beside the guest.</param>
/// <param name="CpuMilli">Processor time in thousandths of a processor.</param>
public sealed record ResourceClaim(long MemoryBytes, long CpuMilli)
{
    private const int MilliPerProcessor = 1000;

    /// <summary>Nothing.</summary>
    public static ResourceClaim None { get; } = new(0, 0);

    /// <summary>What one instance needs: what it requests, or else its size by the cluster's overcommit.</summary>
    public static ResourceClaim Of(VirtualMachineInstanceSpec spec, KubeVirtConfiguration configuration)
    {
        var resources = spec.Domain.Resources;
        var requests = resources?.Requests;
        var guestBytes = spec.Domain.Memory?.Guest?.Value ?? 0;
        var memoryBytes = Amount(requests, "memory")?.Value ?? Share(guestBytes, configuration.MemoryOvercommitPercent);
        var overheadBytes =
            resources?.OvercommitGuestOverhead == true ? 0 : GuestOverhead.Bytes(spec, configuration.UsesEmulation);
        var cpuMilli =
            Amount(requests, "cpu")?.MilliValue
            ?? CpuTopologies.Vcpus(spec.Domain.Cpu) * MilliPerProcessor / configuration.VcpusPerProcessor;
        return new ResourceClaim(memoryBytes, cpuMilli) + new ResourceClaim(overheadBytes, 0);
    }

    /// <summary>What two need together.</summary>
    public static ResourceClaim operator +(ResourceClaim left, ResourceClaim right) =>
        new(Sum(left.MemoryBytes, right.MemoryBytes), Sum(left.CpuMilli, right.CpuMilli));

    private static Quantity? Amount(IReadOnlyDictionary<string, Quantity>? amounts, string name) =>
        amounts is not null && amounts.TryGetValue(name, out var amount) ? amount : null;

    private static long Share(long guestBytes, int overcommitPercent) => (long)(guestBytes * 100m / overcommitPercent);

    // Absurd amounts stay absurd instead of becoming negative.
    private static long Sum(long left, long right) => (long)Math.Min((decimal)left + right, long.MaxValue);
}
