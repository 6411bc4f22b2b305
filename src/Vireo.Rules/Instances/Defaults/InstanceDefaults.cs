using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Fills what an instance does not say, so that its spec names all that its guest has.</summary>
/// <remarks>Filling twice changes nothing. What is given is never changed, right or wrong.</remarks>
internal static class InstanceDefaults
{
    /// <summary>The spec with its defaults.</summary>
    /// <param name="spec">What was given.</param>
    /// <param name="configuration">The cluster's configuration.</param>
    /// <param name="identity">
    /// The UUID that becomes the guest's identity if it names none, and from which its addresses are made: that of the
    /// virtual machine, which lasts. Null to leave identity and addresses open.
    /// </param>
    public static VirtualMachineInstanceSpec Fill(
        VirtualMachineInstanceSpec spec,
        KubeVirtConfiguration configuration,
        string? identity
    )
    {
        var architecture = string.IsNullOrEmpty(spec.Architecture)
            ? configuration.GuestArchitecture
            : spec.Architecture;
        var domain = spec.Domain with { Resources = ComputeDefaults.Resources(spec.Domain.Resources) };
        domain = domain with
        {
            Machine = string.IsNullOrEmpty(domain.Machine?.Type)
                ? new() { Type = configuration.MachineTypeFor(architecture) }
                : domain.Machine,
            Memory = ComputeDefaults.Memory(domain),
            Cpu = ComputeDefaults.Cpu(domain, architecture, configuration),
            Firmware = Identity(domain.Firmware, identity),
            Features = domain.Features is { Hyperv: { } hyperv }
                ? domain.Features with
                {
                    Hyperv = HypervDefaults.Fill(hyperv),
                }
                : domain.Features,
        };
        spec = spec with
        {
            Architecture = architecture,
            EvictionStrategy = string.IsNullOrEmpty(spec.EvictionStrategy)
                ? configuration.EvictionStrategy ?? "None"
                : spec.EvictionStrategy,
            Domain = domain,
        };
        spec = NetworkDefaults.Fill(spec, configuration);
        return spec with
        {
            Volumes = spec.Volumes?.Select(DiskDefaults.PullPolicy).ToArray(),
            Domain = spec.Domain with
            {
                Devices = DeviceDefaults.Fill(
                    spec.Domain.Devices with
                    {
                        Disks = DiskDefaults.Disks(spec, architecture),
                        Interfaces = NetworkDefaults.Addresses(
                            spec.Domain.Devices.Interfaces,
                            spec.Domain.Firmware?.Uuid
                        ),
                    }
                ),
            },
        };
    }

    private static Firmware? Identity(Firmware? firmware, string? identity) =>
        identity is null || !string.IsNullOrEmpty(firmware?.Uuid)
            ? firmware
            : (firmware ?? new()) with
            {
                Uuid = identity,
            };
}
