using Vireo.Api;

namespace Vireo.Rules;

/// <summary>Preferences: what they say must be something that a machine could be given.</summary>
internal static class PreferenceAdmission
{
    private const string Path = "spec";

    private static readonly string[] OldTopologies =
    [
        "preferSockets",
        "preferCores",
        "preferThreads",
        "preferSpread",
        "preferAny",
    ];

    public static AdmissionResult Review(IResource preference, VirtualMachinePreferenceSpec? spec) =>
        spec is null
            ? AdmissionResult.Of(
                preference,
                [FieldError.Required(Path, $"{Path} is missing: write at least 'spec: {{}}'.")]
            )
            : AdmissionResult.Of(preference, Check(spec), Warnings(spec));

    private static IEnumerable<FieldError> Check(VirtualMachinePreferenceSpec spec) =>
        [
            .. Spread(spec),
            .. MachineType(spec.Machine?.PreferredMachineType, $"{Path}.machine.preferredMachineType"),
            .. Architecture(spec),
            .. CpuRules.Features(spec.Cpu?.PreferredCPUFeatures ?? [], $"{Path}.cpu.preferredCPUFeatures"),
            .. MetadataRules.Annotations(spec.Annotations, $"{Path}.annotations"),
            .. Firmware(spec.Firmware, $"{Path}.firmware"),
            .. Requirements(spec.Requirements, $"{Path}.requirements"),
        ];

    private static IEnumerable<FieldError> Spread(VirtualMachinePreferenceSpec spec)
    {
        var ratio = spec.Cpu?.SpreadOptions?.Ratio;
        var field = $"{Path}.cpu.spreadOptions.ratio";
        if (spec.Cpu?.SpreadOptions?.Across == "CoresThreads" && ratio is not (null or 0 or 2))
        {
            yield return FieldError.Invalid(
                field,
                $"{field} '{ratio}': only a ratio of 2 (1 core 2 threads) is allowed when spreading vCPUs over cores and "
                    + "threads"
            );
        }

        if (ratio is < 0 || spec.PreferSpreadSocketToCoreRatio is < 0)
        {
            yield return FieldError.Invalid(field, $"{field} '{ratio}': must not be negative.");
        }
    }

    private static IEnumerable<FieldError> MachineType(string? type, string field)
    {
        if (!string.IsNullOrEmpty(type) && !MachineTypeRules.IsName(type))
        {
            yield return FieldError.Invalid(field, $"{field}: '{type}' is no machine type; write one such as q35.");
        }
    }

    private static IEnumerable<FieldError> Architecture(VirtualMachinePreferenceSpec spec) =>
        [
            .. WordRules.OneOf(
                spec.PreferredArchitecture,
                $"{Path}.preferredArchitecture",
                LifecycleRules.Architectures
            ),
            .. WordRules.OneOf(
                spec.Requirements?.Architecture,
                $"{Path}.requirements.architecture",
                LifecycleRules.Architectures
            ),
        ];

    private static IEnumerable<FieldError> Firmware(FirmwarePreferences? firmware, string path)
    {
        var isEfi = firmware?.PreferredEfi is not null || firmware?.PreferredUseEfi == true;
        if (isEfi && firmware?.PreferredUseBios == true)
        {
            yield return FieldError.Invalid(
                $"{path}.preferredUseBios",
                $"{path}.preferredUseBios and {path}.preferredEfi should not be preferred together."
            );
        }
    }

    private static IEnumerable<FieldError> Requirements(PreferenceRequirements? requirements, string path)
    {
        if (requirements?.Cpu is { } cpu && cpu.Guest is < 1 or > CpuRules.MostVcpus)
        {
            yield return FieldError.Invalid(
                $"{path}.cpu.guest",
                $"{path}.cpu.guest '{cpu.Guest}': must be in range between 1 and {CpuRules.MostVcpus}."
            );
        }

        if (requirements?.Memory is { } memory && memory.Guest <= default(Quantity))
        {
            yield return FieldError.Invalid(
                $"{path}.memory.guest",
                $"{path}.memory.guest '{memory.Guest}': must be greater than 0."
            );
        }
    }

    private static IEnumerable<string> Warnings(VirtualMachinePreferenceSpec spec)
    {
        if (spec.Cpu?.PreferredCPUTopology is { } topology && OldTopologies.Contains(topology))
        {
            var word = char.ToLowerInvariant(topology["prefer".Length]) + topology["preferX".Length..];
            yield return $"{Path}.cpu.preferredCPUTopology: {topology} is deprecated, use {word} instead.";
        }

        if (spec.PreferSpreadSocketToCoreRatio is not null)
        {
            yield return $"{Path}.preferSpreadSocketToCoreRatio is deprecated, use {Path}.cpu.spreadOptions.ratio instead.";
        }

        if (spec.Firmware is { PreferredUseEfi: not null } or { PreferredUseSecureBoot: not null })
        {
            yield return $"{Path}.firmware.preferredUseEfi and preferredUseSecureBoot are deprecated, use "
                + $"{Path}.firmware.preferredEfi instead.";
        }
    }
}
