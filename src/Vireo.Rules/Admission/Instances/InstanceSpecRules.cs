using Vireo.Api;

namespace Vireo.Rules;

/// <summary>All that must hold for the spec of an instance, or for the template of one.</summary>
internal static class InstanceSpecRules
{
    /// <summary>Every error of a spec as it would be with its defaults.</summary>
    public static IEnumerable<FieldError> CheckWithDefaults(
        VirtualMachineInstanceSpec? spec,
        string path,
        KubeVirtConfiguration configuration
    ) =>
        spec?.Domain?.Devices is null
            ?
            [
                FieldError.Required(
                    $"{path}.domain.devices",
                    $"{path}.domain.devices is missing: write at least 'devices: {{}}'."
                ),
            ]
            : Check(InstanceDefaults.Fill(spec, configuration, identity: null), path, configuration);

    /// <summary>What is allowed and yet worth saying.</summary>
    public static IEnumerable<string> Warnings(VirtualMachineInstanceSpec? spec, string path)
    {
        var guest = spec?.Domain?.Memory?.Guest;
        if (
            spec?.Domain?.Resources?.Limits is { } limits
            && limits.TryGetValue("memory", out var limit)
            && guest > limit
        )
        {
            yield return $"{path}.domain.memory.guest ({guest}) is above "
                + $"{path}.domain.resources.limits.memory ({limit}).";
        }

        foreach (var warning in CpuRules.Warnings(spec?.Domain?.Cpu, $"{path}.domain.cpu"))
        {
            yield return warning;
        }
    }

    private static IEnumerable<FieldError> Check(
        VirtualMachineInstanceSpec spec,
        string path,
        KubeVirtConfiguration configuration
    )
    {
        var domain = spec.Domain;
        var domainPath = $"{path}.domain";
        return
        [
            .. LifecycleRules.Check(spec, path),
            .. MachineTypeRules.Check(
                domain.Machine?.Type,
                $"{domainPath}.machine.type",
                configuration,
                spec.Architecture ?? configuration.GuestArchitecture
            ),
            .. MemoryRules.Check(domain, domainPath, spec.Architecture),
            .. CpuRules.Check(domain, domainPath),
            .. ResourceRules.Check(domain.Resources, $"{domainPath}.resources"),
            .. FirmwareRules.Check(spec, domainPath),
            .. ClockRules.Check(domain.Clock, $"{domainPath}.clock"),
            .. HypervRules.Check(domain.Features?.Hyperv, $"{domainPath}.features.hyperv"),
            .. VolumeRules.Check(spec.Volumes, $"{path}.volumes", configuration),
            .. DiskRules.Check(spec, $"{domainPath}.devices.disks"),
            .. NetworkRules.Check(spec.Networks, $"{path}.networks"),
            .. InterfaceRules.Check(spec, path),
            .. BootOrderRules.Check(domain.Devices, $"{domainPath}.devices"),
            .. PciAddressRules.Check(domain.Devices, $"{domainPath}.devices"),
            .. DeviceRules.Check(domain.Devices, $"{domainPath}.devices"),
        ];
    }
}
