using Vireo.Api;

namespace Vireo.Rules;

/// <summary>How far a guest can grow while it runs, where its instance does not say.</summary>
/// <remarks>
/// Filled when the instance is made and never later: what the guest can take is part of its hardware. Because both are
/// made from the instance's own size, they are no difference between it and its machine.
/// </remarks>
internal static class HotplugDefaults
{
    private const int TimesItsSize = 4;
    private const long GiB = 1024 * 1024 * 1024;

    // Linux sets 64 MiB aside in a guest that may have memory beyond 4 GiB one day, where all that is plugged comes to
    // lie. A guest this small is not to pay more than half of its memory for what nobody asked for.
    private static readonly Quantity LeastByDefault = Quantity.FromBytes(128 * 1024 * 1024);

    // What emulated processors can address, 40 bits, holds this with all that lies beside it.
    private static readonly Quantity MostByDefault = Quantity.FromBytes(512 * GiB);

    /// <summary>The spec with its maxima; as it is where changes wait for a restart.</summary>
    /// <param name="spec">The spec, with all other defaults.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    public static VirtualMachineInstanceSpec Fill(VirtualMachineInstanceSpec spec, KubeVirtConfiguration configuration)
    {
        var architecture = spec.Architecture ?? configuration.GuestArchitecture;
        if (!LiveUpdate.IsOn(configuration) || architecture == "arm64")
        {
            return spec;
        }

        var domain = spec.Domain;
        return spec with
        {
            Domain = domain with
            {
                Cpu = (domain.Cpu ?? new()) with { MaxSockets = MaxSockets(domain.Cpu, architecture, configuration) },
                Memory = domain.Memory is null
                    ? null
                    : domain.Memory with
                    {
                        MaxGuest = MaxGuest(domain.Memory, architecture, configuration),
                    },
            },
        };
    }

    /// <summary>
    /// What is said; what the cluster says; else so many times the sockets; within what the machine allows, and never
    /// below the sockets.
    /// </summary>
    private static long MaxSockets(CPU? cpu, string architecture, KubeVirtConfiguration configuration)
    {
        if (cpu?.MaxSockets is > 0 and var said)
        {
            return said;
        }

        var topology = CpuTopologies.Of(cpu);
        var sockets = topology.Sockets!.Value;
        var wished = configuration.LiveUpdateConfiguration?.MaxCpuSockets is > 0 and var forAll
            ? forAll
            : sockets * Ratio(configuration);
        var allowed = MachineLimits.Vcpus(architecture) / (topology.Cores!.Value * topology.Threads!.Value);
        return Math.Max(Math.Min(wished, allowed), sockets);
    }

    /// <summary>
    /// What is said; what the cluster says; else so many times the memory, if it is not too little for that; none if
    /// that cannot work.
    /// </summary>
    private static Quantity? MaxGuest(Memory memory, string architecture, KubeVirtConfiguration configuration)
    {
        if (memory is { MaxGuest: not null } or { Guest: null })
        {
            return memory.MaxGuest;
        }

        var cluster = configuration.LiveUpdateConfiguration;
        if (memory.Guest < LeastByDefault && cluster is null or { MaxGuest: null, MaxHotplugRatio: not > 0 })
        {
            return null;
        }

        var most = cluster?.MaxGuest ?? Times(memory.Guest.Value, configuration);
        return MemoryHotplug.WhyNot(memory.Guest, most, architecture) is null ? most : null;
    }

    private static Quantity Times(Quantity guest, KubeVirtConfiguration configuration)
    {
        var grown = (decimal)guest.Value * Ratio(configuration);
        var most = (decimal)Math.Max(MostByDefault.Value, guest.Value);
        return Quantity.FromBytes((long)Math.Min(grown, most));
    }

    private static long Ratio(KubeVirtConfiguration configuration) =>
        configuration.LiveUpdateConfiguration?.MaxHotplugRatio is > 0 and var given ? given : TimesItsSize;
}
