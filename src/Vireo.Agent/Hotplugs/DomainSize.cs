using Vireo.Api;
using Vireo.Rules;

namespace Vireo.Agent;

/// <summary>How many processors and how much memory a guest has, as its domain tells. Pure.</summary>
internal static class DomainSize
{
    /// <summary>The hypervisor rounds memory up to less than this.</summary>
    private const long RoundingBytes = 2 << 20;

    /// <summary>Sockets that the guest has as a whole, with their cores and threads.</summary>
    public static CPUTopology Topology(VirtualMachineInstance instance, ObservedDomain seen) =>
        seen.Vcpus is { } has
            ? new()
            {
                Sockets = Math.Max(1, (has.Online ?? has.Count) / has.InSocket),
                Cores = has.Cores,
                Threads = has.Threads,
            }
            : instance.Status?.CurrentCPUTopology ?? CpuTopologies.Of(instance.Spec.Domain.Cpu);

    /// <summary>What the guest booted with, was asked to have, and has.</summary>
    public static MemoryStatus Memory(VirtualMachineInstance instance, ObservedDomain seen)
    {
        var boot = AtBoot(instance, seen);
        return new()
        {
            GuestAtBoot = boot,
            GuestRequested = With(seen.Memory?.Device?.RequestedBytes),
            GuestCurrent = With(seen.Memory?.Device?.CurrentBytes),
            MemoryOverhead =
                instance.Status?.Memory?.MemoryOverhead
                ?? Quantity.FromBytes(GuestOverhead.Bytes(instance.Spec, seen.IsEmulated)),
        };

        Quantity With(long? more) => more is > 0 and { } bytes ? Quantity.FromBytes(boot.Value + bytes) : boot;
    }

    /// <summary>What the guest booted with: as it was told, or asked for, where the domain bears that out.</summary>
    public static Quantity AtBoot(VirtualMachineInstance instance, ObservedDomain seen)
    {
        var told = instance.Status?.Memory?.GuestAtBoot;
        Quantity? asked = MemoryXml.GuestBytes(instance.Spec.Domain) is { } bytes ? Quantity.FromBytes(bytes) : null;
        if (seen.Memory is not { BootBytes: var boot })
        {
            return told ?? asked ?? default;
        }

        return Holds(told) ? told!.Value
            : Holds(asked) ? asked!.Value
            : Quantity.FromBytes(boot);

        bool Holds(Quantity? amount) => boot - amount?.Value is >= 0 and < RoundingBytes;
    }
}
