using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Fills what a template does not say from a preference.</summary>
/// <remarks>
/// What is given stays; ACPI alone is overwritten, as by KubeVirt. The machine type is not written: the image that the
/// guest boots from comes before the preference, and <see cref="MachineTypeSources"/> knows the order.
/// </remarks>
internal static class PreferenceApplication
{
    public static VirtualMachineInstanceTemplateSpec Apply(
        VirtualMachineInstanceTemplateSpec template,
        VirtualMachinePreferenceSpec preference
    )
    {
        var spec = DevicePreferenceApplication.Apply(template.Spec, preference.Devices);
        var domain = spec.Domain;
        return template with
        {
            Metadata = Annotations.Add(template.Metadata, preference.Annotations),
            Spec = spec with
            {
                Architecture = spec.Architecture.Or(preference.PreferredArchitecture),
                Subdomain = spec.Subdomain.Or(preference.PreferredSubdomain),
                TerminationGracePeriodSeconds =
                    spec.TerminationGracePeriodSeconds ?? preference.PreferredTerminationGracePeriodSeconds,
                Domain = domain with
                {
                    Cpu = CpuFeatures(domain.Cpu, preference.Cpu?.PreferredCPUFeatures),
                    Features = preference.Features is { } features
                        ? FeaturesOf(domain.Features ?? new(), features)
                        : domain.Features,
                    Firmware = preference.Firmware is { } firmware
                        ? FirmwareOf(domain.Firmware, firmware)
                        : domain.Firmware,
                    Clock = preference.Clock is { } clock ? ClockOf(domain.Clock, clock) : domain.Clock,
                },
            },
        };
    }

    private static CPU? CpuFeatures(CPU? cpu, IReadOnlyList<CPUFeature>? preferred)
    {
        var missing = (preferred ?? [])
            .Where(feature => cpu?.Features?.Any(given => given.Name == feature.Name) != true)
            .ToList();
        return missing.Count == 0 ? cpu : (cpu ?? new()) with { Features = [.. cpu?.Features ?? [], .. missing] };
    }

    private static Features FeaturesOf(Features given, FeaturePreferences preferred) =>
        given with
        {
            Acpi = preferred.PreferredAcpi ?? given.Acpi,
            Apic = given.Apic ?? preferred.PreferredApic,
            Hyperv = preferred.PreferredHyperv is { } hyperv ? HypervOf(given.Hyperv ?? new(), hyperv) : given.Hyperv,
            Kvm = given.Kvm ?? preferred.PreferredKvm,
            Pvspinlock = given.Pvspinlock ?? preferred.PreferredPvspinlock,
            Smm = given.Smm ?? preferred.PreferredSmm,
        };

    private static FeatureHyperv HypervOf(FeatureHyperv given, FeatureHyperv preferred) =>
        new()
        {
            Relaxed = given.Relaxed ?? preferred.Relaxed,
            Vapic = given.Vapic ?? preferred.Vapic,
            Spinlocks = given.Spinlocks ?? preferred.Spinlocks,
            Vpindex = given.Vpindex ?? preferred.Vpindex,
            Runtime = given.Runtime ?? preferred.Runtime,
            Synic = given.Synic ?? preferred.Synic,
            Synictimer = given.Synictimer ?? preferred.Synictimer,
            Reset = given.Reset ?? preferred.Reset,
            Vendorid = given.Vendorid ?? preferred.Vendorid,
            Frequencies = given.Frequencies ?? preferred.Frequencies,
            Reenlightenment = given.Reenlightenment ?? preferred.Reenlightenment,
            Tlbflush = given.Tlbflush ?? preferred.Tlbflush,
            Ipi = given.Ipi ?? preferred.Ipi,
            Evmcs = given.Evmcs ?? preferred.Evmcs,
        };

    private static Firmware? FirmwareOf(Firmware? given, FirmwarePreferences preferred)
    {
        var bootloader = BootloaderOf(given?.Bootloader ?? new(), preferred);
        return bootloader is { Bios: null, Efi: null } ? given : (given ?? new()) with { Bootloader = bootloader };
    }

    private static Bootloader BootloaderOf(Bootloader given, FirmwarePreferences preferred)
    {
        var isOpen = given is { Bios: null, Efi: null };
        var bios = given.Bios ?? (isOpen && preferred.PreferredUseBios == true ? new BIOS() : null);
        if (bios is not null)
        {
            return given with { Bios = bios with { UseSerial = bios.UseSerial ?? preferred.PreferredUseBiosSerial } };
        }

        // The older pair says the same in two words, and is heard only where the newer one is silent.
        if (preferred.PreferredEfi is { } efi)
        {
            return isOpen ? given with { Efi = efi } : given;
        }

        var older = given.Efi ?? (preferred.PreferredUseEfi == true ? new EFI() : null);
        return given with
        {
            Efi = older is null
                ? null
                : older with
                {
                    SecureBoot = older.SecureBoot ?? preferred.PreferredUseSecureBoot,
                },
        };
    }

    private static Clock? ClockOf(Clock? given, ClockPreferences preferred)
    {
        var clock = given ?? new();
        // Half of the one and half of the other would be a clock that nobody asked for.
        if (string.IsNullOrEmpty(clock.Timezone) && clock.Utc is null)
        {
            clock = clock with
            {
                Timezone = preferred.PreferredClockOffset?.Timezone,
                Utc = preferred.PreferredClockOffset?.Utc,
            };
        }

        clock = clock with { Timer = clock.Timer ?? preferred.PreferredTimer };
        return clock == new Clock() ? given : clock;
    }
}
